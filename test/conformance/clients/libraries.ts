import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce, MAKING_MS } from './made-once.ts';
import { installedPython } from './python.ts';

const run = promisify(execFile);

/** The last AWS SDK for JavaScript 2 that speaks the Query protocol of SQS. */
const QUERY_SDK = 'npm:aws-sdk@2.1200.0';
const NODE_LIBRARIES = { 'sqs-consumer': '15.0.3', 'sqs-producer': '8.0.4', 'aws-sdk': QUERY_SDK };

/** A folder from which Node finds sqs-consumer, sqs-producer and aws-sdk 2; a sentence why there is none. */
export async function nodeLibraries(): Promise<{ readonly folder: string } | string> {
  const made = await madeOnce('node-libraries-1', 'npm packages', async (folder) => {
    const dependencies = { ...NODE_LIBRARIES, '@aws-sdk/client-sqs': '3.1175.0' };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', words, { cwd: folder, timeout: MAKING_MS });
  });
  return made.ok ? { folder: made.folder } : made.why;
}

/** The `celery` command, with what it needs for SQS; a sentence why there is none. */
export async function celery(): Promise<{ readonly python: string } | string> {
  const packages = ['celery==5.7.0', 'kombu==5.7.0', 'boto3==1.43.11', 'pycurl==7.49.0', 'urllib3==2.8.0'];
  const folder = await installedPython('python-celery-1', packages, 'celery');
  return typeof folder === 'object' ? { python: join(folder.bin, 'python') } : folder;
}
