import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable, wrongEntrypoint } from './entrypoint.ts';
import type { Launch, NotLaunchable, Probe, Runtime } from './runtime.ts';
import { TASK_ROOT } from './runtime.ts';

/** Programs that speak the Runtime API by themselves: the package's executable `bootstrap`. */
export class ProvidedRuntime implements Runtime {
  readonly ids = ['provided.al2023', 'provided.al2'];
  readonly preparation = 'plain';

  async prepare(): Promise<void> {}

  async launch(_settings: unknown, folder: string): Promise<Launch | NotLaunchable> {
    const wrong = await whatIsWrong(join(folder, 'bootstrap'));
    if (wrong !== undefined) return notLaunchable(wrong);
    return { command: [`${TASK_ROOT}/bootstrap`], variables: {}, mounts: [], door: 'http' };
  }

  async probe(): Promise<Probe> {
    return {
      available: true,
      sentence:
        'runs any executable named bootstrap in the package; deploy builds it from Go or Rust sources',
    };
  }
}

async function whatIsWrong(bootstrap: string): Promise<string | undefined> {
  const found = await stat(bootstrap).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    return `Couldn't find valid bootstrap(s): [${TASK_ROOT}/bootstrap]. Put an executable file named bootstrap at the root of the package.`;
  }
  // Root may "execute" by access() only when some execute bit is set, so the mode needs no second look.
  if (!(await isExecutable(bootstrap)))
    return `${TASK_ROOT}/bootstrap has no execute permission. Run chmod +x bootstrap before zipping.`;
  const wrong = await wrongEntrypoint(bootstrap, process.arch);
  return wrong && `fork/exec ${TASK_ROOT}/bootstrap: ${wrong.error}. ${wrong.advice}`;
}

function notLaunchable(reason: string): NotLaunchable {
  return { kind: 'not-launchable', errorType: 'Runtime.InvalidEntrypoint', reason };
}
