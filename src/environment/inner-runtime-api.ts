import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from '../sandbox/sandbox.ts';

/** Programs of the platform that run inside environments without a network. */
export interface InnerPrograms {
  /** A Node. */
  readonly execPath: string;
  /** The folder of `forwarder.cjs`. */
  readonly forwarderFolder: string;
}

/** Where a Runtime API is reached from an environment that has no network but its own, empty one. */
export interface InnerAddress {
  readonly socketPath: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly prefix: readonly string[];
}

const FOLDER = '/run/millrace';
const PROGRAMS = '/run/millrace-forwarder';
/** As on AWS. */
const PORT = 9001;
const HEAP_MB = 16;

/**
 * Starts the forwarder beside the runtime, with none of the function's variables, and becomes the runtime once the forwarder
 * listens: `sh -c SCRIPT sh NODE FORWARDER PORT SOCKET COMMAND…`.
 */
const SCRIPT = `{ /usr/bin/env -i "$1" --max-old-space-size=${HEAP_MB} "$2" "$3" "$4" </dev/null 2>/dev/null & } | read -r ready; shift 4; exec "$@"`;

/** `folder` is private to the environment and has a short path. */
export function innerAddress(folder: string, { execPath, forwarderFolder }: InnerPrograms): InnerAddress {
  const node = `${PROGRAMS}/node`;
  const program = `${PROGRAMS}/forwarder/forwarder.cjs`;
  const words = [node, program, String(PORT), `${FOLDER}/api`];
  return {
    socketPath: join(folder, 'api'),
    variables: { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${PORT}` },
    mounts: [
      { source: folder, target: FOLDER, access: 'read-only' },
      { source: execPath, target: node, access: 'read-only' },
      { source: forwarderFolder, target: `${PROGRAMS}/forwarder`, access: 'read-only' },
    ],
    prefix: ['/bin/sh', '-c', SCRIPT, 'sh', ...words],
  };
}

/** Lets the environment's user connect; the folder keeps everyone else away. */
export function admitAll(socketPath: string): Promise<void> {
  return chmod(socketPath, 0o666);
}
