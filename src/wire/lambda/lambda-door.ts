import type { Caller } from '../caller.ts';
import type { Answer, Door, RequestHead, WireRequest } from '../door.ts';
import type { AwsError } from '../errors.ts';
import { RestError, RestRouter, writeRestAnswer, type RestMatch } from '../rest-protocol.ts';
import { unservedAnswer } from '../unserved.ts';
import { errorBody } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';
import { LAMBDA_ROUTES } from './routes.ts';

/** Every path of the Lambda API begins with the date of its model. */
const DATED_PATH = /^\/20\d\d-\d\d-\d\d\//;

/** The longest body read for a path that is no operation. */
const UNKNOWN_BODY_LIMIT_BYTES = 1_048_576;

/** The Lambda API (REST-JSON). */
export class LambdaDoor implements Door {
  readonly #rooms: LambdaRooms;
  readonly #router = new RestRouter(LAMBDA_ROUTES);

  constructor(rooms: LambdaRooms) {
    this.#rooms = rooms;
  }

  matches(head: RequestHead): boolean {
    return DATED_PATH.test(head.path);
  }

  bodyLimitBytes(head: RequestHead): number {
    return this.#find(head)?.route.bodyLimitBytes ?? UNKNOWN_BODY_LIMIT_BYTES;
  }

  actionOf(request: WireRequest): string | undefined {
    const match = this.#find(request);
    return match === undefined ? undefined : `lambda:${match.route.operation}`;
  }

  async handle(request: WireRequest, caller: Caller): Promise<Answer> {
    const match = this.#find(request);
    if (match === undefined) return unservedAnswer(request) ?? writeError(unknownOperation(request));
    const query = new URLSearchParams(request.query);
    try {
      return writeRestAnswer(
        await match.route.run({ request, caller, labels: match.labels, query }, this.#rooms),
      );
    } catch (error) {
      if (error instanceof RestError) return writeError(error);
      throw error;
    }
  }

  refuse(head: RequestHead, error: AwsError): Answer {
    const match = this.#find(head);
    if (error.status !== 413 || match === undefined) return writeError(error);
    const { operation, bodyLimitBytes } = match.route;
    const message = `Request must be smaller than ${bodyLimitBytes} bytes for the ${operation} operation`;
    return writeError({ ...error, message });
  }

  #find(head: RequestHead): RestMatch<LambdaRooms> | undefined {
    return this.#router.find(head.method, head.path);
  }
}

function unknownOperation(head: RequestHead): RestError {
  return new RestError(
    404,
    'UnknownOperationException',
    `This server has no operation ${head.method} ${head.path.slice(0, 300)}`,
  );
}

function writeError(error: AwsError): Answer {
  return writeRestAnswer({
    status: error.status,
    headers: { 'x-amzn-ErrorType': error.type },
    body: errorBody(error),
  });
}
