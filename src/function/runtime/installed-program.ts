import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';

const LIMIT_MS = 30_000;

/** What a program on this machine said about itself. */
export interface InstalledProgram<T> {
  /** Where it is: absolute, links followed. */
  readonly path: string;
  readonly told: T;
}

/** A question to a program by which it tells where it is and what it is. */
export interface ProgramQuestion<T> {
  /** Looked for on the search path, the first that answers is taken. */
  readonly names: readonly string[];
  readonly args: readonly string[];
  /** Makes something of what it printed; undefined when that is no answer. */
  readonly read: (printed: string) => InstalledProgram<T> | undefined;
}

/**
 * Programs of this machine by asking them, which follows every way of installing several versions. An answer is good
 * while the program's file stays the same; a program that is missing is asked for again.
 */
export class InstalledPrograms {
  readonly #known = new Map<
    string,
    { readonly program: InstalledProgram<unknown>; readonly state: string }
  >();

  /** The first of them that answers; undefined when none does. */
  async find<T>(question: ProgramQuestion<T>): Promise<InstalledProgram<T> | undefined> {
    const key = JSON.stringify([question.names, question.args]);
    const known = this.#known.get(key);
    if (known !== undefined && known.state === stateOf(known.program.path)) {
      return known.program as InstalledProgram<T>;
    }
    for (const name of question.names) {
      const printed = await run(name, question.args);
      const program = printed === undefined ? undefined : question.read(printed);
      if (program === undefined) continue;
      this.#known.set(key, { program, state: stateOf(program.path) });
      return program;
    }
    return undefined;
  }
}

/** Asked at every start: a look takes less time than to have another thread look. */
function stateOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'gone';
  }
}

/** What it prints on its output; undefined when it is not there or fails. */
function run(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: LIMIT_MS, cwd: '/' }, (error, printed) =>
      resolve(error === null ? printed : undefined),
    );
  });
}
