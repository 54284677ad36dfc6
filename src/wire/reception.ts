import { isDiskFull } from '../store/disk-full.ts';
import type { Tell } from '../watch/event.ts';
import type { Arrival } from './arrival.ts';
import type { Answer, Door } from './door.ts';
import { refusalError, type Refusal } from './errors.ts';
import type { Gate } from './gate.ts';
import { PeerVerdicts } from './peer-verdicts.ts';
import { ByteBudget } from './read-body.ts';
import { CutAnswer } from './send-pieces.ts';
import { unservedAnswer } from './unserved.ts';

/** What a connection meets. */
export interface Way {
  /** Asked in order; the first that matches reads the request. */
  readonly doors: readonly Door[];
  readonly gate: Gate;
}

/** What a reception works with. */
export interface ReceptionParts extends Way {
  /** What connections meet whose other end the gate finds in a sandbox; not given: they are refused. */
  readonly forSandboxes?: Way;
  readonly tell: Tell;
  /** Bytes of all bodies in memory at once. */
  readonly bodiesSizeBytes: number;
}

/** The answer to a request that no door reads, and that names no service. */
const NO_DOOR: Answer = {
  status: 404,
  headers: ['Content-Type', 'text/xml'],
  body: '<UnknownOperationException/>',
};

/** Leads every request, by whichever lane it came, past its gate to its door, and its answer back. */
export class Reception {
  readonly peers: PeerVerdicts;
  readonly #parts: ReceptionParts;
  readonly #budget: ByteBudget;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
    this.#budget = new ByteBudget(parts.bodiesSizeBytes);
    this.peers = new PeerVerdicts(parts.gate, (error) => this.trouble(error));
  }

  /** Answers a request, whatever happens: no request ends the process. */
  async receive(arrival: Arrival): Promise<void> {
    try {
      const answer = await this.#serve(arrival);
      const sent = answer && arrival.send(answer);
      if (sent !== undefined) await sent;
    } catch (error) {
      if (error instanceof CutAnswer) return;
      this.#sendBroken(arrival, error);
    }
  }

  /** Tells of a defect of ours. */
  trouble(error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.tell({ kind: 'trouble', where: 'http', what });
  }

  /** Undefined when the client has hung up. */
  async #serve(arrival: Arrival): Promise<Answer | undefined> {
    const isSandboxed = this.peers.isSandboxed(arrival.socket);
    const way = this.#wayOf(isSandboxed === true || (isSandboxed !== false && (await isSandboxed)));
    if (way === undefined) return refuse(arrival, doorOf(this.#parts, arrival), { kind: 'sandboxed-peer' });
    const door = doorOf(way, arrival);
    const refused = way.gate.refusesHead?.(arrival);
    if (refused !== undefined) return refuse(arrival, door, refused);
    if (door === undefined) return unservedAnswer(arrival) ?? NO_DOOR;
    const limitBytes = door.bodyLimitBytes(arrival);
    const read = arrival.readBody(limitBytes, this.#budget);
    const body = read instanceof Promise ? await read : read;
    if (body === 'hung-up') return undefined;
    if (body === 'too-large') return refuse(arrival, door, { kind: 'body-too-large', limitBytes });
    if (body === 'too-much-at-once') return refuse(arrival, door, { kind: 'overloaded' });
    arrival.body = body;
    try {
      return await letIn(way.gate, arrival, door);
    } finally {
      this.#budget.give(body.length);
    }
  }

  #wayOf(isSandboxed: boolean): Way | undefined {
    return isSandboxed ? this.#parts.forSandboxes : this.#parts;
  }

  /** A full disk is no defect: the client may try again. */
  #sendBroken(arrival: Arrival, error: unknown): void {
    const isFull = isDiskFull(error);
    if (!isFull) this.trouble(error);
    try {
      const refusal: Refusal = { kind: isFull ? 'disk-full' : 'broken' };
      void arrival.send(refuse(arrival, doorOf(this.#parts, arrival), refusal));
    } catch (second) {
      this.trouble(second);
      arrival.destroy();
    }
  }
}

function letIn(gate: Gate, arrival: Arrival, door: Door): Answer | Promise<Answer> {
  const caller = gate.identify(arrival);
  if (!caller.ok) return refuse(arrival, door, caller.failure);
  const forbidden = gate.forbids?.(caller.value, door.actionOf(arrival));
  if (forbidden !== undefined) return refuse(arrival, door, forbidden);
  return door.handle(arrival, caller.value);
}

function doorOf({ doors }: Way, arrival: Arrival): Door | undefined {
  for (const door of doors) if (door.matches(arrival)) return door;
  return undefined;
}

function refuse(arrival: Arrival, door: Door | undefined, refusal: Refusal): Answer {
  const error = refusalError(refusal);
  if (door !== undefined) return door.refuse(arrival, error);
  return {
    status: error.status,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', error.type],
    body: JSON.stringify({ message: error.message }),
  };
}
