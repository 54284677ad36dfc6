import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../base/random.ts';
import type { DoorInvocation, EndReason, ExtensionFacts } from './door.ts';
import { Extension, type ExtensionEvent } from './extension.ts';
import { readBody } from './request-body.ts';
import { accepted, refused, write } from './runtime-api-answers.ts';

const BASE = '/2020-01-01/extension';
/** As on AWS. */
const MOST_EXTENSIONS = 10;
const LARGEST_BODY_BYTES = 262_144;

/** Why the environment can go on no more: an extension said so, or is gone. */
export interface ExtensionFailure {
  readonly extension: Pick<Extension, 'name' | 'events'>;
  readonly errorType: string;
  readonly errorMessage: string;
}

/** What {@link ExtensionsApi} tells. */
export interface ExtensionsListener {
  /** An extension has registered, or waits for its next event. */
  changed(): void;
  failed(failure: ExtensionFailure): void;
}

/**
 * The Extensions API of one environment. External extensions, programs of their own, are known by name before they
 * register; whoever else registers is internal, a part of the runtime's process. Extensions register while the code is
 * loaded; an invocation is over only when each of them waits for its next event.
 */
export class ExtensionsApi {
  readonly #random: Random;
  readonly #listener: ExtensionsListener;
  readonly #extensions = new Map<string, Extension>();
  #facts: ExtensionFacts | undefined;
  #external: readonly string[] = [];
  #isRegistrationOver = false;
  isEnding = false;

  constructor(random: Random, listener: ExtensionsListener) {
    this.#random = random;
    this.#listener = listener;
  }

  /** Says whose environment it is and which programs must register; before that, nobody can. */
  open(facts: ExtensionFacts, external: readonly string[]): void {
    this.#facts = facts;
    this.#external = external;
  }

  /** True once every program that must has registered. */
  get isComplete(): boolean {
    if (this.#external.length === 0) return true;
    const names = new Set([...this.#extensions.values()].map(({ name }) => name));
    return this.#external.every((name) => names.has(name));
  }

  /** True while nothing is to be waited for. */
  get isSettled(): boolean {
    if (this.#extensions.size === 0) return this.#external.length === 0;
    return this.isComplete && [...this.#extensions.values()].every((extension) => extension.isWaiting);
  }

  /**
   * How long an end may take. As on AWS: two seconds for external ones, half a second for internal ones, which end with
   * their runtime when that fails or its time is over.
   */
  graceMs(reason: EndReason): number {
    if ([...this.#extensions.values()].some(({ isExternal }) => isExternal)) return 2000;
    return this.#extensions.size > 0 && reason === 'spindown' ? 500 : 0;
  }

  /** All that have registered. */
  get all(): Iterable<Extension> {
    return this.#extensions.values();
  }

  /** The code is loaded: nobody registers any more. */
  close(): void {
    this.#isRegistrationOver = true;
  }

  /** Tells those who want to know of an invocation. */
  invoke({ requestId, functionArn, deadlineMs, traceId }: DoorInvocation): void {
    if (this.#extensions.size === 0) return;
    this.#tell('INVOKE', {
      ...{
        eventType: 'INVOKE',
        deadlineMs: Math.floor(deadlineMs),
        requestId,
        invokedFunctionArn: functionArn,
      },
      tracing: { type: 'X-Amzn-Trace-Id', value: traceId ?? '' },
    });
  }

  /** Tells those who want to know that the environment ends. */
  shutdown(shutdownReason: EndReason, deadlineMs: number): void {
    this.isEnding = true;
    this.#tell('SHUTDOWN', { eventType: 'SHUTDOWN', deadlineMs: Math.floor(deadlineMs), shutdownReason });
  }

  /** The extension that makes this request; if there is none, that has been answered. */
  whoAsks(request: IncomingMessage, response: ServerResponse): Extension | undefined {
    const id = request.headers['lambda-extension-identifier'];
    const extension = typeof id === 'string' ? this.#extensions.get(id) : undefined;
    if (id === undefined) {
      refused(
        response,
        403,
        'Extension.MissingExtensionIdentifier',
        'Missing Lambda-Extension-Identifier header',
      );
    } else if (extension === undefined) {
      refused(response, 403, 'Extension.UnknownExtensionIdentifier', `Unknown extension ${String(id)}`);
    }
    return extension;
  }

  /** Serves its paths. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const what = `${request.method} ${path}`;
    if (what === `POST ${BASE}/register`) await this.#register(request, response);
    else if (what === `GET ${BASE}/event/next`) this.#next(request, response);
    else if (what === `POST ${BASE}/init/error`) await this.#error(request, response, 'Extension.InitError');
    else if (what === `POST ${BASE}/exit/error`) await this.#error(request, response, 'Extension.ExitError');
    else return false;
    return true;
  }

  async #register(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.headers['lambda-extension-name'];
    const events = eventsIn(await readBody(request, LARGEST_BODY_BYTES));
    const facts = this.#facts;
    if (typeof name !== 'string' || name === '')
      return refused(response, 403, 'Extension.InvalidExtensionName', 'Empty extension name');
    if (events === undefined)
      return refused(response, 403, 'InvalidRequestFormat', 'The body names no list of events');
    const isExternal = this.#external.includes(name);
    const wrong = this.#whyNot(name, events, isExternal);
    if (wrong !== undefined) return refused(response, 403, ...wrong);
    if (facts === undefined)
      return refused(response, 403, 'Extension.NotReady', 'This environment has no function yet');
    const id = this.#random.uuid();
    const extension = new Extension({ id, name, isExternal, events: events as readonly ExtensionEvent[] });
    this.#extensions.set(id, extension);
    const { accountId, functionName, functionVersion, handler } = facts;
    const always = { functionName, functionVersion, handler };
    const wantsAccount = request.headers['lambda-extension-accept-feature'] === 'accountId';
    const body = wantsAccount ? { ...always, accountId } : always;
    write(response, 200, { 'Lambda-Extension-Identifier': id }, Buffer.from(JSON.stringify(body)));
    this.#listener.changed();
  }

  #whyNot(name: string, events: readonly string[], isExternal: boolean): [string, string] | undefined {
    const known = [...this.#extensions.values()];
    const unknown = events.find((event) => event !== 'INVOKE' && event !== 'SHUTDOWN');
    if (unknown !== undefined) return ['Extension.InvalidEventType', `${unknown}: Invalid event type`];
    if (!isExternal && events.includes('SHUTDOWN')) {
      const told = 'Shutdown event not supported for internal extension';
      return ['ShutdownEventNotSupportedForInternalExtension', told];
    }
    if (known.some((each) => each.name === name))
      return ['Extension.AlreadyRegistered', `Extension with name ${name} is registered already`];
    if (this.#isRegistrationOver)
      return ['Extension.RegistrationClosed', 'Extension registration closed already'];
    return known.length < MOST_EXTENSIONS
      ? undefined
      : ['Extension.TooManyExtensions', `There may be at most ${MOST_EXTENSIONS} extensions`];
  }

  #next(request: IncomingMessage, response: ServerResponse): void {
    const extension = this.whoAsks(request, response);
    if (extension === undefined) return;
    extension.wait(response, this.#random.uuid());
    this.#listener.changed();
  }

  async #error(request: IncomingMessage, response: ServerResponse, errorType: string): Promise<void> {
    await readBody(request, LARGEST_BODY_BYTES);
    const extension = this.whoAsks(request, response);
    if (extension === undefined) return;
    const why = request.headers['lambda-extension-function-error-type'];
    if (typeof why !== 'string' || why === '')
      return refused(
        response,
        403,
        'Extension.MissingHeader',
        'Lambda-Extension-Function-Error-Type not found',
      );
    accepted(response);
    if (!this.isEnding)
      this.#listener.failed({ extension, errorType, errorMessage: `Error: ${why} (${extension.name})` });
  }

  #tell(event: ExtensionEvent, said: Readonly<Record<string, unknown>>): void {
    for (const extension of this.#extensions.values()) extension.tell(event, said, this.#random.uuid());
  }
}

/** `{"events": ["INVOKE"]}`; Go's client sends null for none. */
function eventsIn(body: Awaited<ReturnType<typeof readBody>>): readonly string[] | undefined {
  if (body.kind !== 'whole') return undefined;
  try {
    const { events } = JSON.parse(body.bytes.toString('utf8')) as { events?: unknown };
    const list: unknown = events ?? [];
    return Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}
