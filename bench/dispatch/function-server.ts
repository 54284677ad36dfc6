import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../ads/platform/free-port.ts';
import { fetched, need } from '../queue/peers/fetch.ts';
import { serve } from '../queue/peers/serve.ts';

/** A bare server of functions: HTTP in, a function in the same process, no queue, no isolation, no control plane. */
export interface FunctionServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly pid: number;
}

const VERSION = '5.0.5';
const SOURCE =
  "require('@google-cloud/functions-framework').http('nothing', (_, answer) => answer.json({}));\n";

/** `@google-cloud/functions-framework` from npm, in the cache of the benches. Throws `NotToBeHad`. */
export async function startFunctionServer(): Promise<FunctionServer> {
  const folder = await fetched(`functions-framework-${VERSION}`, async (part) => {
    mkdirSync(part, { recursive: true });
    writeFileSync(join(part, 'package.json'), JSON.stringify({ private: true, main: 'index.js' }));
    writeFileSync(join(part, 'index.js'), SOURCE);
    const words = ['install', '--no-audit', '--no-fund', `@google-cloud/functions-framework@${VERSION}`];
    await need('npm', words, { cwd: part });
  });
  const port = await freePort();
  const program = join(folder, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
  const words = [program, '--target=nothing', `--port=${port}`];
  const variables = { NODE_ENV: 'production' };
  return serve(
    {
      name: 'functions-framework',
      protocol: 'json',
      command: process.execPath,
      words,
      cwd: folder,
      variables,
    },
    port,
  );
}
