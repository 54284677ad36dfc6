import { rounded, type Bench, type Figure } from './figure.ts';
import { BenchPlatform } from './platform.ts';

const AT_ONCE = 100;
const HANDLER_MS = 1000;
/** So long that no environment is free again before the last one has started. */
const WARMING_MS = 8000;

/** A hundred invocations at once of a handler that takes a second: from nothing, and again with what is then warm. */
export const hundred: Bench = {
  name: 'hundred',
  what: '100 invocations at once of a handler that takes 1 s',
  async run({ progress, tell }) {
    await using platform = await BenchPlatform.start();
    await platform.deploy('sleep', 'second', { timeoutS: 30 });
    progress('hundred: from zero');
    tell([figure('100 at once, from zero', await allDoneS(platform), 4)]);
    progress('hundred: warming a hundred environments');
    await allDoneS(platform, WARMING_MS);
    progress('hundred: warm');
    tell([figure('100 at once, warm', await allDoneS(platform), 1.3)]);
  },
};

async function allDoneS(platform: BenchPlatform, handlerMs = HANDLER_MS): Promise<number> {
  const startMs = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => invoke(platform, handlerMs)));
  return (performance.now() - startMs) / 1000;
}

async function invoke(platform: BenchPlatform, handlerMs: number): Promise<void> {
  const response = await fetch(`${platform.endpoint}/2015-03-31/functions/second/invocations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ms: handlerMs }),
  });
  await response.text();
  if (response.status !== 200 || response.headers.has('x-amz-function-error')) {
    throw new Error(`an invocation ended with ${response.status}`);
  }
}

function figure(name: string, seconds: number, mostS: number): Figure {
  return { name, value: rounded(seconds), unit: 's', target: `<= ${mostS} s`, kept: seconds <= mostS };
}
