import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { failed, ok, type Result } from '../base/result.ts';
import { bringDependencies, type DependenciesFailed } from './dependencies.ts';
import { readFolder } from './folder.ts';
import { guessRuntime, type NoGuess } from './guess.ts';
import { ensureMapping, ensureQueue } from './trigger.ts';
import { uploadFunction } from './upload.ts';
import { zipFiles } from './zip.ts';

/** What to deploy, and how; absent members are guessed or left to the platform's defaults. */
export interface DeployPlan {
  readonly folder: string;
  readonly name: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly timeoutS?: number;
  readonly memoryMb?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** The queue that triggers it; made when it is not there. */
  readonly queue?: string;
  readonly batchSize?: number;
}

/** The doors a deployment goes through. */
export interface Doors {
  readonly queues: SQSClient;
  readonly functions: LambdaClient;
  /** One line of progress. */
  readonly tell: (line: string) => void;
}

/** Why a folder was not deployed: a sentence. */
export type DeployFailed =
  | NoGuess
  | DependenciesFailed
  | { readonly kind: 'empty-folder'; readonly what: string };

/** Brings a folder to the platform: dependencies, zip, upload, queue, mapping. Doing it again changes only what differs. */
export async function deploy(plan: DeployPlan, doors: Doors): Promise<Result<void, DeployFailed>> {
  const guess = guessRuntime(plan.folder);
  if (!guess.ok && (plan.runtime === undefined || plan.handler === undefined)) return guess;
  const brought = await bringDependencies(plan.folder, doors.tell);
  if (!brought.ok) return brought;
  const files = readFolder(plan.folder);
  if (files.length === 0) return failed({ kind: 'empty-folder', what: `${plan.folder} holds no files.` });
  const zip = zipFiles(files);
  doors.tell(`Uploading ${plan.name}: ${files.length} files, ${Math.ceil(zip.length / 1024)} KiB …`);
  const runtime = plan.runtime ?? (guess.ok ? guess.value.runtime : '');
  const handler = plan.handler ?? (guess.ok ? guess.value.handler : '');
  await uploadFunction(doors.functions, { ...plan, runtime, handler, zip });
  if (plan.queue === undefined) return ok(undefined);
  const arn = await ensureQueue(doors.queues, plan.queue, plan.timeoutS);
  await ensureMapping(doors.functions, arn, plan.name, plan.batchSize);
  doors.tell(`Queue ${plan.queue} triggers ${plan.name}.`);
  return ok(undefined);
}
