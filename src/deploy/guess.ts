import { failed, ok, type Result } from '../base/result.ts';
import { holds } from './folder.ts';

/** What a folder's files say about its function. */
export interface Guess {
  readonly runtime: string;
  readonly handler: string;
  /** True when the files say the language and not its version: the installed one is as good. */
  readonly isAnyVersion?: boolean;
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
const RUBY_FILES = ['lambda_function.rb', 'app.rb', 'main.rb'];

/** Runtime and handler by the files that people write: `index.*` for Node, `lambda_function.py` …, `bootstrap`. */
export function guessRuntime(folder: string): Result<Guess, NoGuess> {
  if (holds(folder, 'bootstrap')) return ok({ runtime: 'provided.al2023', handler: 'bootstrap' });
  if (NODE_FILES.some((file) => holds(folder, file)))
    return ok({ runtime: 'nodejs24.x', handler: 'index.handler' });
  const python = PYTHON_FILES.find((file) => holds(folder, file));
  if (python !== undefined)
    return ok({ runtime: 'python3.13', handler: handlerIn(python, '.py'), isAnyVersion: true });
  const ruby = RUBY_FILES.find((file) => holds(folder, file));
  if (ruby !== undefined)
    return ok({ runtime: 'ruby3.4', handler: handlerIn(ruby, '.rb'), isAnyVersion: true });
  return failed({
    kind: 'no-guess',
    what: `${folder} holds none of ${[...NODE_FILES, ...PYTHON_FILES, ...RUBY_FILES, 'bootstrap', 'go.mod', 'Cargo.toml', 'pom.xml', '*.csproj'].join(', ')}, and not exactly one jar: name --runtime and --handler.`,
  });
}

/** As AWS's console names the function in its own file, and everybody else in theirs. */
function handlerIn(file: string, ending: string): string {
  const module = file.slice(0, -ending.length);
  return `${module}.${module === 'lambda_function' ? 'lambda_handler' : 'handler'}`;
}
