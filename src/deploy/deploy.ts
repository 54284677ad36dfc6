import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RuntimeReport } from '../admin/runtimes.ts';
import { ok, type Result } from '../base/result.ts';
import { contentOf, type NoContent } from './content.ts';
import { installedInstead, runtimeNote } from './installed.ts';
import {
  ensureDeadLetters,
  ensureMapping,
  ensureQueue,
  type DeadLetters,
  type MappingWishes,
} from './trigger.ts';
import { uploadFunction } from './upload.ts';
import { ensureUrl, type UrlWishes } from './url.ts';

/** What to deploy, and how; absent members are guessed or left to the platform's defaults. */
export interface DeployPlan extends MappingWishes {
  readonly folder: string;
  readonly name: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly timeoutS?: number;
  readonly memoryMb?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** ARNs of layer versions; what the function has stays when none is named. */
  readonly layers?: readonly string[];
  /** The queue that triggers it; made when it is not there. */
  readonly queue?: string;
  readonly deadLetters?: DeadLetters;
  /** Given: it has a URL. */
  readonly url?: UrlWishes;
}

/** The doors a deployment goes through. */
export interface Doors {
  readonly queues: SQSClient;
  readonly functions: LambdaClient;
  /** What runs on the platform's machine; nothing where that cannot be asked. */
  readonly runtimes: () => Promise<readonly RuntimeReport[]>;
  /** One line of progress. */
  readonly tell: (line: string) => void;
}

/** Why a folder was not deployed: a sentence. */
export type DeployFailed = NoContent;

/** Brings a folder to the platform: build, dependencies, zip, upload, queue, mapping. Doing it again changes only what differs. */
export async function deploy(plan: DeployPlan, doors: Doors): Promise<Result<void, DeployFailed>> {
  const content = await contentOf(plan, doors.tell);
  if (!content.ok) return content;
  const { zip, what, guess } = content.value;
  if (!guess.ok && (plan.runtime === undefined || plan.handler === undefined)) return guess;
  doors.tell(`Uploading ${plan.name}: ${what}, ${Math.ceil(zip.length / 1024)} KiB …`);
  const reports = await doors.runtimes();
  const runtime = plan.runtime ?? (guess.ok ? installedInstead(guess.value, reports) : '');
  const handler = plan.handler ?? (guess.ok ? guess.value.handler : '');
  await uploadFunction(doors.functions, { ...plan, runtime, handler, zip });
  const note = runtimeNote(runtime, reports);
  if (note !== undefined) doors.tell(note);
  if (plan.url !== undefined)
    doors.tell(`${plan.name} answers at ${await ensureUrl(doors.functions, plan.name, plan.url)}`);
  if (plan.queue === undefined) return ok(undefined);
  const arn = await ensureQueue(doors.queues, plan.queue, plan.timeoutS);
  if (plan.deadLetters !== undefined) await ensureDeadLetters(doors.queues, plan.queue, plan.deadLetters);
  await ensureMapping(doors.functions, arn, plan.name, plan);
  doors.tell(`Queue ${plan.queue} triggers ${plan.name}.`);
  return ok(undefined);
}
