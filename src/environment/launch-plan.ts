import { failed, ok, type Result } from '../base/result.ts';
import type { BorrowedCode, CodeFolders } from '../function/code-folders.ts';
import type { FunctionRecord } from '../function/function.ts';
import { layersName } from '../function/layer.ts';
import { LAYERS_ROOT, type Launch, type Runtime } from '../function/runtime/runtime.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { Mount, SandboxSpec } from '../sandbox/sandbox.ts';
import { NETWORK_VARIABLE, networkOf } from './network.ts';
import type { StartFailure } from './outcomes.ts';

/** Where runtimes and unpacked code are found. */
export interface LaunchSources {
  readonly runtimes: Runtimes;
  readonly code: CodeFolders;
}

/** What else an environment finds inside: what priming has made, or is to make. */
export interface Primed {
  readonly launch: Launch;
  readonly mounts: readonly Mount[];
}

/** Says what priming adds to a launch. */
export type Prime = (launch: Launch, runtime: Runtime) => Promise<Primed>;

/** What is decided about an environment before anything of it is started. */
export interface LaunchPlan extends Primed {
  readonly runtime: Runtime;
  readonly network: SandboxSpec['network'];
  readonly folder: string;
  /** Where its layers are together, if it has any. */
  readonly layersFolder: string | undefined;
}

/** Everything about the environment that is decided before anything of it is started. */
export async function planLaunch(
  { code: folders, runtimes }: LaunchSources,
  record: FunctionRecord,
  prime: Prime,
  parts: AsyncDisposableStack,
): Promise<Result<LaunchPlan, StartFailure>> {
  const network = networkOf(record);
  if (network === undefined)
    return unfit('Runtime.InvalidNetwork', `The variable ${NETWORK_VARIABLE} takes shared or none.`);
  const runtime = runtimes.find(record.settings.runtime);
  if (!runtime.ok)
    return unfit('Runtime.Unknown', `The runtime ${runtime.failure.runtime} is not known here.`);
  const code = await borrow(folders, record, runtime.value);
  if (!code.ok) return code;
  const { folder } = parts.use(code.value);
  const layers = await borrowLayers(folders, record);
  if (layers !== undefined && !layers.ok) return layers;
  const layersFolder = layers && parts.use(layers.value).folder;
  const plain = await runtime.value.launch(record.settings, folder);
  if ('kind' in plain) return unfit(plain.errorType, plain.reason);
  const primed = await prime(plain, runtime.value);
  const mounts = [...primed.mounts, ...layerMounts(layersFolder)];
  return ok({ network, runtime: runtime.value, folder, layersFolder, ...primed, mounts });
}

async function borrow(
  code: CodeFolders,
  record: FunctionRecord,
  runtime: Runtime,
): Promise<Result<BorrowedCode, StartFailure>> {
  const borrowed = await code.borrow(record.package.sha256, runtime);
  if (borrowed.ok) return borrowed;
  const { failure } = borrowed;
  const lost = 'The code of this function is missing from the data directory. Upload it again.';
  return unfit('Function.InvalidPackage', failure.kind === 'code-missing' ? lost : failure.reason);
}

async function borrowLayers(
  code: CodeFolders,
  { settings }: FunctionRecord,
): Promise<Result<BorrowedCode, StartFailure> | undefined> {
  const { layers = [] } = settings;
  const name = layersName(layers);
  if (name === undefined) return undefined;
  const sha256s = layers.map(({ sha256 }) => sha256);
  const borrowed = await code.borrowLayers(name, sha256s);
  if (borrowed.ok) return borrowed;
  const { failure } = borrowed;
  const lost = 'A layer of this function is missing from the data directory. Publish it again.';
  return unfit('Function.InvalidLayer', failure.kind === 'code-missing' ? lost : failure.reason);
}

function layerMounts(folder: string | undefined): readonly Mount[] {
  return folder === undefined ? [] : [{ source: folder, target: LAYERS_ROOT, access: 'read-only' }];
}

function unfit(errorType: string, reason: string): { readonly ok: false; readonly failure: StartFailure } {
  return failed({ kind: 'unfit', errorType, reason });
}
