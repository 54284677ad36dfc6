import type { Caller } from './caller.ts';
import type { Answer, Door, RequestHead, WireRequest } from './door.ts';
import type { AwsError } from './errors.ts';
import { formValue, isForm, readForm, setDefault, type FormNode } from './form.ts';
import { NotTheShape, type Input } from './input.ts';
import { QueryInput } from './query-input.ts';
import { acceptsJson } from './query-json.ts';
import { NO_ACTION, queryAnswer, queryErrorAnswer, type QueryFrame } from './query-protocol.ts';
import { unservedAnswer } from './unserved.ts';
import type { ElementNames } from './xml.ts';

/** One API that speaks the Query protocol. */
export interface QueryService {
  /** How IAM calls it: `sqs`. */
  readonly name: string;
  /** The versions of the API that requests may name; the first is meant when they name none. */
  readonly versions: readonly [string, ...string[]];
  /** The `xmlns` of answers in a version. */
  namespace(version: string): string;
  /** True for actions that this API has. */
  has(action: string): boolean;
  /** How the elements of a list or map in the input of an action are called. */
  numberedName(action: string, member: string): string;
  /** How lists and maps in the answer of an action are spelled. */
  elementNames(action: string): ElementNames;
  /** The members of the answer; undefined when the action answers nothing. */
  call(
    action: string,
    input: Input,
    request: WireRequest,
    caller: Caller,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** What a client is told of something that `call` threw; undefined when it is a defect of ours. */
  errorOf(thrown: unknown): AwsError | undefined;
}

/** The largest message has 1 MiB; encoded in a form a byte may take three. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** `/`, or the path of a queue: `/ACCOUNT/NAME`, `/queue/NAME`, `/queue/REGION/ACCOUNT/NAME`. */
const PATH = /^\/(?:(?:queue|(?:queue\/[a-z0-9-]+\/)?\d{12})\/[^/]+\/?)?$/;

/** A request as far as it has been read. */
interface Reading {
  readonly form: FormNode;
  readonly action: string;
  readonly service: QueryService;
}

/**
 * The APIs that speak the Query protocol: `POST` with a form or `GET` with a query, at `/` or at the path of a queue.
 * Which API is meant shows by the `Version`; without one, by the action.
 */
export class QueryDoor implements Door {
  readonly #services: readonly [QueryService, ...QueryService[]];
  readonly #readings = new WeakMap<WireRequest, Reading | NotTheShape>();

  /** The first service answers what no service can be found for. */
  constructor(services: readonly [QueryService, ...QueryService[]]) {
    this.#services = services;
  }

  matches(head: RequestHead): boolean {
    if (!PATH.test(head.path)) return false;
    if (head.method === 'GET') return true;
    return head.method === 'POST' && (head.headers['content-type'] === undefined || isForm(head));
  }

  bodyLimitBytes(): number {
    return BODY_LIMIT_BYTES;
  }

  actionOf(request: WireRequest): string | undefined {
    const reading = this.#read(request);
    if (reading instanceof NotTheShape || reading.action === '') return undefined;
    return `${reading.service.name}:${reading.action}`;
  }

  async handle(request: WireRequest, caller: Caller): Promise<Answer> {
    const reading = this.#read(request);
    if (reading instanceof NotTheShape) return this.refuse(request, shapeError(reading));
    const { form, action, service } = reading;
    if (action === '') return NO_ACTION;
    const version = formValue(form, 'Version') ?? service.versions[0];
    if (!service.versions.includes(version)) {
      return unservedAnswer(request) ?? this.refuse(request, noSuchVersion(version));
    }
    const frame = frameOf(request, service, version);
    try {
      const input = new QueryInput(form, (member) => service.numberedName(action, member));
      const output = await service.call(action, input, request, caller);
      return queryAnswer(action, output, service.elementNames(action), frame);
    } catch (thrown) {
      const error = thrown instanceof NotTheShape ? shapeError(thrown) : service.errorOf(thrown);
      if (error === undefined) throw thrown;
      return queryErrorAnswer(error, frame);
    }
  }

  refuse(head: RequestHead, error: AwsError): Answer {
    const [service] = this.#services;
    return queryErrorAnswer(error, frameOf(head, service, service.versions[0]));
  }

  #read(request: WireRequest): Reading | NotTheShape {
    const known = this.#readings.get(request);
    if (known !== undefined) return known;
    const reading = this.#tryRead(request);
    this.#readings.set(request, reading);
    return reading;
  }

  #tryRead(request: WireRequest): Reading | NotTheShape {
    try {
      const form = readForm(request.query, request.body);
      if (request.path !== '/') setDefault(form, 'QueueUrl', request.path.replace(/\/$/, ''));
      const action = formValue(form, 'Action') ?? '';
      return { form, action, service: this.#serviceOf(action, formValue(form, 'Version')) };
    } catch (error) {
      if (error instanceof NotTheShape) return error;
      throw error;
    }
  }

  #serviceOf(action: string, version: string | undefined): QueryService {
    const fits = (service: QueryService): boolean =>
      version === undefined ? service.has(action) : service.versions.includes(version);
    return this.#services.find(fits) ?? this.#services[0];
  }
}

function frameOf(head: RequestHead, service: QueryService, version: string): QueryFrame {
  return { namespace: service.namespace(version), requestId: head.requestId, isJson: acceptsJson(head) };
}

function shapeError({ message }: NotTheShape): AwsError {
  return { type: 'InvalidParameterValueException', queryCode: 'InvalidParameterValue', status: 400, message };
}

function noSuchVersion(version: string): AwsError {
  return {
    type: 'NoSuchVersion',
    status: 400,
    message: `The requested version ( ${version} ) is not valid.`,
  };
}
