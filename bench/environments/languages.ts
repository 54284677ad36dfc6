import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf } from '../../src/deploy/content.ts';
import { installedInstead } from '../../src/deploy/installed.ts';
import type { RuntimeReport } from '../../src/admin/runtimes.ts';
import { uploadFunction } from '../../src/deploy/upload.ts';
import type { BenchPlatform } from '../platform.ts';

/** A language, what is promised of it, and its function, built. */
export interface Language {
  readonly name: string;
  /** Of `bench/functions/`. */
  readonly folder: string;
  readonly memoryMb: number;
  /** How much longer the walls may make a cold start: as a ratio, or in ms. */
  readonly wallsAtMost: { readonly ratio: number } | { readonly ms: number };
  /** How much longer than an empty program a function without walls may take. */
  readonly emptyRatio?: number;
  /** A hit of the pool, where programs of the language are started ahead. */
  readonly hitMs?: number;
  /** Idle functions a GiB. */
  readonly density: number;
  /** Makes an empty program in a folder: the command line of it. */
  readonly empty: (folder: string) => readonly string[];
}

const GO = 'go';

/** By what is promised of each. */
export const LANGUAGES: readonly Language[] = [
  {
    ...{ name: 'Node', folder: 'sleep', memoryMb: 128, density: 80, hitMs: 5 },
    ...{ wallsAtMost: { ratio: 1.3 }, emptyRatio: 1.6 },
    empty: () => [process.execPath, '-e', 'console.log(1)'],
  },
  {
    ...{ name: 'Python', folder: 'python', memoryMb: 128, density: 160, hitMs: 3 },
    ...{ wallsAtMost: { ms: 8 }, emptyRatio: 2.5 },
    empty: () => ['python3', '-c', 'print(1)'],
  },
  {
    ...{ name: 'Go', folder: 'go', memoryMb: 128, density: 300, wallsAtMost: { ms: 8 } },
    empty: emptyGo,
  },
  {
    ...{ name: 'Java', folder: 'java', memoryMb: 512, density: 30 },
    ...{ wallsAtMost: { ratio: 1.3 }, emptyRatio: 3 },
    empty: emptyJava,
  },
];

/** A language's function, ready to be uploaded under many names. */
export interface Built {
  readonly language: Language;
  deploy(platform: BenchPlatform, name: string): Promise<void>;
}

/** Builds a language's function once. @throws when this machine cannot build it. */
export async function build(language: Language): Promise<Built> {
  const folder = new URL(`../functions/${language.folder}`, import.meta.url).pathname;
  const content = await contentOf({ folder }, () => undefined);
  if (!content.ok) throw new Error(content.failure.what);
  const { zip, guess } = content.value;
  if (!guess.ok) throw new Error(guess.failure.what);
  const deploy = async (platform: BenchPlatform, name: string): Promise<void> => {
    const runtime = installedInstead(guess.value, await reports(platform));
    const { handler } = guess.value;
    await uploadFunction(platform.functions, {
      ...{ name, runtime, handler, zip, memoryMb: language.memoryMb, timeoutS: 60 },
    });
  };
  return { language, deploy };
}

async function reports(platform: BenchPlatform): Promise<readonly RuntimeReport[]> {
  const response = await fetch(`${platform.endpoint}/_millrace/runtimes`);
  return (await response.json()) as readonly RuntimeReport[];
}

/** How long the language's empty program takes until it has printed something, each of `count` times. */
export function emptyTimesMs({ empty }: Language, count: number): readonly number[] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-empty-'));
  try {
    const [program = '', ...words] = empty(folder);
    return Array.from({ length: count }, () => {
      const beganMs = performance.now();
      execFileSync(program, words, { cwd: folder });
      return performance.now() - beganMs;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function emptyGo(folder: string): readonly string[] {
  writeFileSync(join(folder, 'main.go'), 'package main\nfunc main() { println(1) }\n');
  execFileSync(GO, ['build', '-o', 'empty', 'main.go'], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  return [join(folder, 'empty')];
}

function emptyJava(folder: string): readonly string[] {
  const text = 'class Empty { public static void main(String[] words) { System.out.println(1); } }';
  writeFileSync(join(folder, 'Empty.java'), text);
  execFileSync('javac', ['Empty.java'], { cwd: folder });
  return ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', folder, 'Empty'];
}
