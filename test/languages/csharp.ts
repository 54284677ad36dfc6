import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCES = join(import.meta.dirname, 'csharp');

/** What a test compiles: bytes by the name of the file that they are in a package. */
export class CompiledFiles implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-compiled-'));

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** A C# source, by mono's compiler, as `output`: a library or a program by its ending and `target`. */
  csharp(
    source: string,
    output: string,
    target: 'library' | 'exe',
    references: readonly string[] = [],
  ): Uint8Array {
    const uses = references.map((name) => `-r:${join(this.#folder, name)}`);
    const words = ['-nologo', '-warn:0', `-target:${target}`, `-out:${join(this.#folder, output)}`, ...uses];
    execFileSync('mcs', [...words, join(SOURCES, source)]);
    return readFileSync(join(this.#folder, output));
  }

  /** A C source, by the machine's compiler. */
  c(source: string, output: string): Uint8Array {
    const path = join(this.#folder, output);
    execFileSync('gcc', ['-O1', '-D_GNU_SOURCE', '-o', path, join(SOURCES, source)]);
    return readFileSync(path);
  }
}
