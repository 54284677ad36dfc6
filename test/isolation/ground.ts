import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Platform } from '../crash/platform.ts';
import { copyProgram } from './program-copy.ts';
import { Victims } from './victims.ts';

/** A user that is nobody's. */
const UNPRIVILEGED = 65_534;

/** The real program, as root or as an ordinary user, and functions on it. */
export interface Ground extends AsyncDisposable {
  readonly platform: Platform;
  readonly endpoint: string;
  readonly dataDirectory: string;
  readonly victims: Victims;
}

/** Who runs the platform in a test. */
export type Who = 'this user' | 'an ordinary user';

/** As whom the walls can be tried here: root stands for both. */
export function whoCanRun(): readonly Who[] {
  return process.getuid?.() === 0 ? ['this user', 'an ordinary user'] : ['this user'];
}

/** Starts it on a data directory of its own. */
export async function openGround(who: Who, flags: readonly string[] = []): Promise<Ground> {
  await using scope = new AsyncDisposableStack();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'millrace-ground-'));
  scope.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o777);
  const dataDirectory = join(folder, 'data');
  const base = { dataDirectory, port, flags };
  const platform = scope.use(await Platform.start(who === 'this user' ? base : ordinary(base, scope)));
  const endpoint = `http://127.0.0.1:${port}`;
  const victims = scope.use(new Victims(endpoint));
  const owned = scope.move();
  return {
    ...{ platform, endpoint, dataDirectory, victims },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function ordinary<Base extends object>(base: Base, scope: AsyncDisposableStack) {
  const { command, home, tmp } = scope.use(copyProgram());
  const variables = { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: tmp };
  return { ...base, program: command, user: UNPRIVILEGED, variables };
}
