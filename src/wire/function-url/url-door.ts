import { LATEST } from '../../function/function.ts';
import type { FunctionUrl } from '../../function/function-urls.ts';
import { isLooping } from '../../function/lineage.ts';
import type { InvokeRequest } from '../../environment/invoke.ts';
import { carriedTrace } from '../carried-trace.ts';
import type { Caller } from '../caller.ts';
import type { Answer, Door, RequestHead, WireRequest } from '../door.ts';
import type { AwsError } from '../errors.ts';
import { admitted, LARGEST_SYNC_BYTES, looping, noRoom } from '../lambda/invocation.ts';
import { PieceChannel } from '../lambda/piece-channel.ts';
import type { LambdaRooms } from '../lambda/rooms.ts';
import { RestError } from '../rest-protocol.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { wholeAnswer } from './url-answer.ts';
import { errorAnswer, FORBIDDEN, INTERNAL, tooLarge } from './url-errors.ts';
import { urlEvent } from './url-event.ts';
import { URL_ACTION } from './url-gate.ts';
import type { AskedHost, UrlHosts } from './url-hosts.ts';
import { streamedAnswer } from './url-stream.ts';

/** What {@link FunctionUrlDoor} works with. */
export interface FunctionUrlDoorParts {
  readonly hosts: UrlHosts;
  readonly rooms: Pick<LambdaRooms, 'functions' | 'allowance' | 'invoker' | 'clock'>;
}

/** What callers are told of why nothing was invoked: a loop was stopped, or too much runs. */
const TOLD: ReadonlySet<number> = new Set([400, 429]);

/** A request for a URL that is there. */
interface Asked {
  readonly request: WireRequest;
  readonly caller: Caller;
  readonly hostName: string;
  readonly url: FunctionUrl;
}

/** Where function URLs answer: any method and path, told apart by host. */
export class FunctionUrlDoor implements Door {
  readonly #parts: FunctionUrlDoorParts;

  constructor(parts: FunctionUrlDoorParts) {
    this.#parts = parts;
  }

  matches(head: RequestHead): boolean {
    return this.#parts.hosts.read(head) !== undefined;
  }

  bodyLimitBytes(): number {
    return LARGEST_SYNC_BYTES;
  }

  actionOf(): string {
    return URL_ACTION;
  }

  async handle(request: WireRequest, caller: Caller): Promise<Answer> {
    const { name: hostName, url }: Partial<AskedHost> = this.#parts.hosts.read(request) ?? {};
    if (hostName === undefined || url === undefined) return errorAnswer(FORBIDDEN);
    const { cors } = url.settings;
    if (cors !== undefined && isPreflight(request)) return preflightAnswer(cors, request);
    return withCors(await this.#answer({ request, caller, hostName, url }), cors, request);
  }

  refuse(_head: RequestHead, error: AwsError): Answer {
    return errorAnswer(error);
  }

  async #answer(asked: Asked): Promise<Answer> {
    try {
      return await this.#invoke(asked);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      // In which state its function is concerns nobody who calls a URL.
      return errorAnswer(TOLD.has(error.status) ? error : INTERNAL);
    }
  }

  async #invoke(asked: Asked): Promise<Answer> {
    const { rooms } = this.#parts;
    const { request, caller, url } = asked;
    const record = rooms.functions.resolve({ ...url.function, qualifier: url.name });
    if (record === undefined) return errorAnswer(FORBIDDEN);
    const payload = urlEvent({ ...asked, nowMs: rooms.clock.nowMs() });
    if (payload.length > LARGEST_SYNC_BYTES) return errorAnswer(tooLarge(LARGEST_SYNC_BYTES));
    const traceId = carriedTrace(request, caller);
    if (isLooping(rooms.functions, record.key, traceId)) throw looping(record);
    const { ready, release } = await admitted(rooms, record);
    return this.#run(url, release, {
      ...{ function: ready, requestId: request.requestId, payload },
      ...(url.name !== LATEST && { qualifier: url.name }),
      ...(traceId !== undefined && { traceId }),
    });
  }

  async #run({ settings }: FunctionUrl, release: () => void, invocation: InvokeRequest): Promise<Answer> {
    const channel = settings.invokeMode === 'RESPONSE_STREAM' ? new PieceChannel() : undefined;
    const running = this.#parts.rooms.invoker
      .invoke({ ...invocation, ...(channel && { sink: channel }) })
      .finally(() => {
        release();
        channel?.end();
      });
    if (channel !== undefined) {
      await Promise.race([channel.begun, running]);
      if (channel.contentType !== undefined)
        return (await streamedAnswer(channel, running)) ?? errorAnswer(INTERNAL);
    }
    const result = await running;
    if (result.kind === 'no-room') throw noRoom(result.why);
    return wholeAnswer(result);
  }
}
