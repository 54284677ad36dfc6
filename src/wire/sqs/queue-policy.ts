import { PERMISSION_ACTIONS } from '../../queue/limits.ts';
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
    const { Statement: statement, ...members } = parsed(text) ?? {};
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
  const members = parsed(text);
  if (members === undefined) return refuse({ kind: 'invalid-attribute-value', name: 'Policy' });
  const statements: readonly unknown[] = [members['Statement']].flat();
  for (const statement of statements) {
    if (isObject(statement) && Array.isArray(statement['Action'])) refuseTooMany(statement['Action'].length);
  }
  return text;
}

/** Ends the action when one statement would allow more actions than it may. */
export function refuseTooMany(actions: number): void {
  if (actions <= PERMISSION_ACTIONS) return;
  const what = `${actions} Actions were found, maximum allowed is ${PERMISSION_ACTIONS}.`;
  refuse({ kind: 'over-limit', what });
}

function parsed(text: string): Statement | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
