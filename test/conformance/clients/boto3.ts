import { fileURLToPath } from 'node:url';
import type { Client } from '../cases.ts';
import { lineClient } from './lines.ts';
import type { SigningKey } from './variables.ts';

const SCRIPT = fileURLToPath(new URL('boto3-client.py', import.meta.url));

/** The AWS SDK for Python. */
export function boto3Client(python: string, endpoint: string, key?: SigningKey): Client {
  return lineClient([python, SCRIPT, endpoint], key);
}
