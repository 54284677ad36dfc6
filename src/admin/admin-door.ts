import type { Caller } from '../wire/caller.ts';
import type { Answer, Door, RequestHead, WireRequest } from '../wire/door.ts';
import type { AwsError } from '../wire/errors.ts';
import type { Question } from './question.ts';

const PREFIX = '/_millrace/';
const HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];

/** The platform's own door, for the command line: `GET /_millrace/QUESTION?…`, answered as JSON. */
export class AdminDoor implements Door {
  readonly #questions: ReadonlyMap<string, Question>;

  constructor(questions: Readonly<Record<string, Question>>) {
    this.#questions = new Map(Object.entries(questions));
  }

  matches(head: RequestHead): boolean {
    return head.path.startsWith(PREFIX);
  }

  bodyLimitBytes(): number {
    return 0;
  }

  actionOf(request: WireRequest): string {
    return `millrace:${request.path.slice(PREFIX.length)}`;
  }

  async handle(request: WireRequest, caller: Caller): Promise<Answer> {
    if (request.method !== 'GET') return sentence(405, 'Ask with GET.');
    const name = request.path.slice(PREFIX.length);
    const question = this.#questions.get(name);
    if (question === undefined) {
      return sentence(404, `No such question. There are: ${[...this.#questions.keys()].join(', ')}.`);
    }
    const answer = await question(new URLSearchParams(request.query), caller);
    if (answer.kind === 'refused') return sentence(answer.status, answer.message);
    return { status: 200, headers: HEADERS, body: JSON.stringify(answer.value) };
  }

  refuse(_head: RequestHead, error: AwsError): Answer {
    return sentence(error.status, error.message);
  }
}

function sentence(status: number, message: string): Answer {
  return { status, headers: HEADERS, body: JSON.stringify({ message }) };
}
