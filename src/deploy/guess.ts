import { failed, ok, type Result } from '../base/result.ts';
import { holds } from './folder.ts';

/** What a folder's files say about its function. */
export interface Guess {
  readonly runtime: string;
  readonly handler: string;
}

/** Why nothing could be guessed: a sentence. */
export interface NoGuess {
  readonly kind: 'no-guess';
  readonly what: string;
}

/** What is uploaded for a folder, and what its files say about the function. */
export interface Content {
  readonly zip: Uint8Array;
  /** What it consists of, for a line of progress: `12 files`. */
  readonly what: string;
  readonly guess: Result<Guess, NoGuess>;
}

const NODE_FILES = ['index.mjs', 'index.js', 'index.cjs', 'index.ts', 'index.mts', 'index.cts'];
const PYTHON_FILES = ['lambda_function.py', 'app.py', 'main.py'];

/** Runtime and handler by the files that people write: `index.*` for Node, `lambda_function.py` …, `bootstrap`. */
export function guessRuntime(folder: string): Result<Guess, NoGuess> {
  if (holds(folder, 'bootstrap')) return ok({ runtime: 'provided.al2023', handler: 'bootstrap' });
  if (NODE_FILES.some((file) => holds(folder, file)))
    return ok({ runtime: 'nodejs24.x', handler: 'index.handler' });
  const python = PYTHON_FILES.find((file) => holds(folder, file));
  if (python !== undefined) {
    const module = python.slice(0, -'.py'.length);
    const handler = module === 'lambda_function' ? 'lambda_handler' : 'handler';
    return ok({ runtime: 'python3.13', handler: `${module}.${handler}` });
  }
  return failed({
    kind: 'no-guess',
    what: `${folder} holds none of ${[...NODE_FILES, ...PYTHON_FILES, 'bootstrap', 'pom.xml'].join(', ')}, and not exactly one jar: name --runtime and --handler.`,
  });
}
