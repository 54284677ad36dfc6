import { dirname } from 'node:path';
import type { FolderFile } from './folder.ts';

/** The Node that runs functions: the one that runs this program. */
export interface NodeOfFunctions {
  readonly execPath: string;
  readonly version: string;
  /** The version of what compiled parts are bound to. */
  readonly modules: string;
}

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;
/** What is compiled for one version of Node alone says so by this name. */
const BOUND = /node_register_module_v(\d+)/;
const BOUND_NAME = 'node_register_module_v';
const UNBOUND_NAME = 'napi_';

/** A line for each npm package in these files whose compiled part is missing, or made for another Node than runs functions. */
export function notesOnAddons(folder: string, files: readonly FolderFile[], node: NodeOfFunctions): string[] {
  const byPackage = Map.groupBy(files, ({ path }) => PACKAGE.exec(path)?.[1]);
  byPackage.delete(undefined);
  return [...byPackage].flatMap(([name = '', own]) => {
    const wrong = whatIsWrong(own, node);
    if (wrong === undefined) return [];
    const command = `PATH="${dirname(node.execPath)}:$PATH" npm rebuild ${name}`;
    return [`${name} ${wrong}. Run ${command} in ${folder}, and deploy again.`];
  });
}

function whatIsWrong(
  files: readonly FolderFile[],
  { version, modules }: NodeOfFunctions,
): string | undefined {
  const compiled = files.filter(({ path }) => path.endsWith('.node'));
  const isSource = files.some(({ path }) => path.replace(PACKAGE, '') === 'binding.gyp');
  if (compiled.length === 0) return isSource ? 'is not compiled: install scripts are not run' : undefined;
  const bound = compiled.flatMap(({ bytes }) => boundTo(bytes) ?? []);
  const worksOnAll = compiled.some(({ bytes }) => textOf(bytes).includes(UNBOUND_NAME));
  const fits = bound.length === 0 || worksOnAll || bound.includes(modules);
  return fits ? undefined : `is compiled for another Node than ${version}, which runs functions`;
}

function boundTo(bytes: Uint8Array): string | undefined {
  const text = textOf(bytes);
  const at = text.indexOf(BOUND_NAME);
  return at === -1 ? undefined : BOUND.exec(text.toString('latin1', at, at + BOUND_NAME.length + 6))?.[1];
}

function textOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
