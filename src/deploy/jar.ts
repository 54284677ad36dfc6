import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzipSync } from 'fflate';
import { failed, ok, type Result } from '../base/result.ts';
import { javaOf, readClassFile, type ClassFile } from '../function/runtime/class-file.ts';
import { handlerClass } from '../function/runtime/handler-class.ts';
import type { Content, Guess, NoGuess } from './guess.ts';

const HANDLER_INTERFACES: ReadonlySet<string> = new Set([
  'com/amazonaws/services/lambda/runtime/RequestHandler',
  'com/amazonaws/services/lambda/runtime/RequestStreamHandler',
]);
/** AWS's own client and libraries: what implements a handler there is no function. */
const OF_AWS = /^(com\/amazonaws\/services\/lambda|software\/amazon)\//;

const RUNTIMES = [8, 11, 17, 21, 25];
/** Code for an older Java is offered to this one all the same. */
const OLDEST_GUESS = 17;

/** The one jar at the top of a folder; undefined when there is none, or more than one. */
export function jarIn(folder: string): string | undefined {
  const jars = readdirSync(folder).filter((name) => name.endsWith('.jar'));
  return jars.length === 1 ? join(folder, jars[0] ?? '') : undefined;
}

/** A jar that holds all that it needs, uploaded as it is: a jar is a zip. */
export function jarContent(jar: string, handler: string | undefined): Content {
  const zip = readFileSync(jar);
  return { zip, what: basename(jar), guess: guessFrom(jar, zip, handler) };
}

function guessFrom(jar: string, zip: Uint8Array, handler: string | undefined): Result<Guess, NoGuess> {
  try {
    return guessJava(classesIn(zip), handler);
  } catch (error) {
    return failed({ kind: 'no-guess', what: `${jar} cannot be read as a jar: ${(error as Error).message}.` });
  }
}

/**
 * Runtime and handler by classes: the one that is named, or else the one that implements AWS's interface for handlers,
 * and the Java that it needs.
 */
export function guessJava(classes: readonly ClassFile[], named: string | undefined): Result<Guess, NoGuess> {
  const path = named && handlerClass(named).replaceAll('.', '/');
  const known = classes.find(({ name }) => name === path);
  if (named !== undefined && known !== undefined)
    return ok({ runtime: runtimeFor(known.majorVersion), handler: named });
  const handlers = classes.filter(
    ({ name, interfaces, isConcrete }) =>
      isConcrete && !OF_AWS.test(name) && interfaces.some((each) => HANDLER_INTERFACES.has(each)),
  );
  const [handler, ...others] = handlers;
  if (handler === undefined || others.length > 0) {
    const names = handlers.map(({ name }) => name.replaceAll('/', '.')).join(', ');
    const found =
      names === '' ? 'No class implements RequestHandler' : `Several classes are handlers (${names})`;
    return failed({ kind: 'no-guess', what: `${found}: name --runtime and --handler.` });
  }
  return ok({ runtime: runtimeFor(handler.majorVersion), handler: handler.name.replaceAll('/', '.') });
}

/** The classes of a jar, without those for other versions of Java. */
export function classesIn(jar: Uint8Array): readonly ClassFile[] {
  const isWanted = (name: string): boolean =>
    name.endsWith('.class') && !name.startsWith('META-INF/') && !OF_AWS.test(name);
  const files = unzipSync(jar, { filter: ({ name }) => isWanted(name) });
  return Object.values(files)
    .map(readClassFile)
    .filter((each) => each !== undefined);
}

function runtimeFor(classFileVersion: number): string {
  const needed = Math.max(javaOf(classFileVersion), OLDEST_GUESS);
  return `java${RUNTIMES.find((java) => java >= needed) ?? RUNTIMES.at(-1)}`;
}
