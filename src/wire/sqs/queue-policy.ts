import { refuse } from './action.ts';

type Statement = Readonly<Record<string, unknown>>;

/** The access policy of a queue as far as permissions touch it; what others wrote into it is kept. */
export class QueuePolicy {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #statements: readonly Statement[];

  private constructor(members: Readonly<Record<string, unknown>>, statements: readonly Statement[]) {
    this.#members = members;
    this.#statements = statements;
  }

  /** Reads a Policy attribute; without one, the policy that a first permission called `label` begins. */
  static read(text: string | undefined, queueArn: string, label: string): QueuePolicy {
    if (text === undefined) return new QueuePolicy({ Version: '2008-10-17', Id: `${queueArn}/${label}` }, []);
    const read: unknown = JSON.parse(text);
    const { Statement: statement, ...members } = isObject(read) ? read : {};
    const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
    return new QueuePolicy(members, list.filter(isObject));
  }

  has(label: string): boolean {
    return this.#statements.some(({ Sid }) => Sid === label);
  }

  with(statement: Statement): QueuePolicy {
    return new QueuePolicy(this.#members, [...this.#statements, statement]);
  }

  without(label: string): QueuePolicy {
    const kept = this.#statements.filter(({ Sid }) => Sid !== label);
    return new QueuePolicy(this.#members, kept);
  }

  /** The attribute's text; null when nothing is left that it says. */
  write(): string | null {
    if (this.#statements.length === 0) return null;
    return JSON.stringify({ ...this.#members, Statement: this.#statements });
  }
}

/** Reads the Policy attribute of a request: a JSON object; an empty text removes the policy. */
export function readPolicy(text: string): string | null {
  if (text === '') return null;
  try {
    if (isObject(JSON.parse(text))) return text;
  } catch {
    // answered below: it is no policy either
  }
  return refuse({ kind: 'invalid-attribute-value', name: 'Policy' });
}

function isObject(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
