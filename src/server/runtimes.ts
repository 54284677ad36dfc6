import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { BroughtParts } from '../function/runtime/brought-parts.ts';
import { dotnetRuntimes } from '../function/runtime/dotnet.ts';
import { PythonFinder } from '../function/runtime/installed-python.ts';
import { jvmRuntimes } from '../function/runtime/jvm.ts';
import { NodeRuntime } from '../function/runtime/node.ts';
import { ProvidedRuntime } from '../function/runtime/provided.ts';
import { pythonRuntimes } from '../function/runtime/python.ts';
import { rubyRuntimes } from '../function/runtime/ruby.ts';
import { Runtimes } from '../function/runtime/runtimes.ts';
import type { Tell } from '../watch/event.ts';

/** What runtimes are built on. */
export interface RuntimeGround {
  readonly brought: BroughtParts;
  readonly clock: Clock;
  readonly tell: Tell;
}

/** Every language, in the order in which people are told of them. */
export function installedRuntimes({ brought, clock, tell }: RuntimeGround): Runtimes {
  const folderOf = (language: string): string => join(import.meta.dirname, '..', '..', 'runtimes', language);
  const { execPath, versions } = process;
  return new Runtimes([
    new NodeRuntime({ execPath, version: versions.node, bootstrapFolder: folderOf('node'), brought }),
    ...pythonRuntimes({
      brought,
      clock,
      tell,
      finder: new PythonFinder(),
      launcherFolder: folderOf('python'),
    }),
    ...jvmRuntimes({ brought }),
    ...dotnetRuntimes({ brought, bootstrapFolder: folderOf('dotnet') }),
    ...rubyRuntimes(folderOf('ruby')),
    new ProvidedRuntime(),
  ]);
}
