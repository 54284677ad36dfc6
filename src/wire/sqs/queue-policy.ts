import {
  PERMISSION_ACTIONS,
  POLICY_PRINCIPALS,
  POLICY_SIZE_BYTES,
  POLICY_STATEMENTS,
} from '../../queue/limits.ts';
import { refuse } from './action.ts';

const MEMBERS = ['Version', 'Id', 'Statement'];
const VERSIONS: readonly unknown[] = [undefined, '2008-10-17', '2012-10-17'];
const EFFECTS: readonly unknown[] = ['Allow', 'Deny'];

type Statement = Readonly<Record<string, unknown>>;

/** The access policy of a queue as far as permissions touch it; what others wrote into it is kept. */
export class QueuePolicy {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #statements: readonly Statement[];

  private constructor(members: Readonly<Record<string, unknown>>, statements: readonly Statement[]) {
    this.#members = members;
    this.#statements = statements;
  }

  /** Reads a Policy attribute; without one, the policy that a first permission begins, with the name that AWS gives it. */
  static read(text: string | undefined, queueArn: string): QueuePolicy {
    if (text === undefined) {
      return new QueuePolicy({ Version: '2008-10-17', Id: `${queueArn}/SQSDefaultPolicy` }, []);
    }
    const { Statement: statement, ...members } = parsed(text) ?? {};
    const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
    return new QueuePolicy(members, list.filter(isObject));
  }

  has(label: string): boolean {
    return this.#statements.some(({ Sid }) => Sid === label);
  }

  /** With one more statement; the action ends when that is more than a policy may have. */
  with(statement: Statement): QueuePolicy {
    const statements = [...this.#statements, statement];
    refuseFull(statements);
    return new QueuePolicy(this.#members, statements);
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

/** Reads the Policy attribute of a request: a policy in JSON within its limits; an empty text removes the policy. */
export function readPolicy(text: string): string | null {
  if (text === '') return null;
  const members = parsed(text);
  const statements = members && statementsOf(members);
  if (statements === undefined) return refuse({ kind: 'invalid-attribute-value', name: 'Policy' });
  if (Buffer.byteLength(text) > POLICY_SIZE_BYTES) {
    refuse({ kind: 'over-limit', what: 'Submitted policy is over max allowed size.' });
  }
  refuseBeyond(statements.length, POLICY_STATEMENTS, 'statements');
  for (const { Action: actions } of statements) {
    if (Array.isArray(actions))
      refuseBeyond(actions.length, PERMISSION_ACTIONS, 'actions', 'a statement from ');
  }
  refuseBeyond(sum(statements.map(principalsOf)), POLICY_PRINCIPALS, 'principals');
  return text;
}

/** Ends the action when a permission would allow more actions than it may. */
export function refuseTooMany(actions: number): void {
  refuseMore(actions, PERMISSION_ACTIONS, 'Actions');
}

/** Ends the action when a queue has as many permissions as it may, or names as many accounts. */
function refuseFull(statements: readonly Statement[]): void {
  refuseMore(statements.length, POLICY_STATEMENTS, 'Statements');
  refuseMore(sum(statements.map(principalsOf)), POLICY_PRINCIPALS, 'Principals');
}

function refuseMore(count: number, most: number, called: string): void {
  if (count > most)
    refuse({ kind: 'over-limit', what: `${count} ${called} were found, maximum allowed is ${most}.` });
}

function refuseBeyond(count: number, most: number, called: string, where = ''): void {
  if (count <= most) return;
  const what = `${count} ${called} were found in ${where}the submitted policy, max allowed is ${most}`;
  refuse({ kind: 'over-limit', what });
}

/** The statements of a policy; undefined when it is none, as far as its own members show. */
function statementsOf(members: Readonly<Record<string, unknown>>): readonly Statement[] | undefined {
  const given: readonly unknown[] = [members['Statement']].flat();
  const statements = given.filter(isObject).filter(({ Effect }) => EFFECTS.includes(Effect));
  const isWhole = statements.length > 0 && statements.length === given.length;
  const isKnown = Object.keys(members).every((name) => MEMBERS.includes(name));
  return isWhole && isKnown && VERSIONS.includes(members['Version']) ? statements : undefined;
}

/** How many a statement names: `"*"`, or lists by kind: `{"AWS": ["arn:…"]}`. */
function principalsOf({ Principal: named }: Statement): number {
  return isObject(named) ? Object.values(named).flat().length : Number(named !== undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
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
