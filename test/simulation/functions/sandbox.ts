import type { Clock } from '../../../src/base/clock.ts';
import type { EnvironmentId } from '../../../src/base/ids.ts';
import type { SeededRandom } from '../../../src/base/random.ts';
import { ok } from '../../../src/base/result.ts';
import type { DoorEvent, DoorInvocation, EnvironmentDoor } from '../../../src/environment/door.ts';
import { EnvironmentLog } from '../../../src/environment/environment-log.ts';
import { Environment } from '../../../src/environment/environment.ts';
import type { StartAttempt } from '../../../src/environment/start.ts';
import { NO_TELEMETRY } from '../../../src/environment/telemetry/event.ts';
import { keptLines } from '../../../src/function/fixture/memory.ts';
import type { SandboxedTree, SandboxExit } from '../../../src/sandbox/sandbox.ts';
import type { EnvironmentStep, Happening, InvocationEnd } from '../history.ts';
import { seenBy, type Seen } from './payload.ts';

/** How likely the code inside misbehaves; a poisoned message or event brings its environment down in any case. */
export interface Mood {
  readonly failsToStart: number;
  readonly fails: number;
  readonly failsPartly: number;
  readonly crashes: number;
  readonly hangs: number;
  readonly answersTwice: number;
}

/** Code that does what it should. */
export const GOOD_MOOD: Mood = {
  ...{ failsToStart: 0, fails: 0, failsPartly: 0 },
  ...{ crashes: 0, hangs: 0, answersTwice: 0 },
};

/** What the sandbox is built with, for one run of the platform. */
export interface SandboxParts {
  readonly run: number;
  readonly clock: Clock;
  readonly note: (happening: Happening) => void;
}

/** Environments whose processes are lists of actions: each action is taken when the simulation says so. */
export class SimulatedSandbox {
  readonly #parts: SandboxParts;
  readonly #inside: Inside[] = [];

  constructor(parts: SandboxParts) {
    this.#parts = parts;
  }

  /** Starts an environment; its code is not loaded yet. */
  async start(): Promise<StartAttempt> {
    const inside = new Inside(`${this.#parts.run}.${this.#inside.length + 1}`, this.#parts);
    this.#inside.push(inside);
    inside.note('started');
    const { environment } = inside;
    return { id: environment.id, log: environment.log, environment: ok(environment) };
  }

  /** True while code inside some environment has something to do and does not hang. */
  get isBusy(): boolean {
    return this.#inside.some(({ canAct }) => canAct);
  }

  /** Code inside one of the environments does the next thing. */
  act(random: SeededRandom, mood: Mood): void {
    const busy = this.#inside.filter(({ canAct }) => canAct);
    busy[Math.floor(random.fraction() * busy.length)]?.act(random, mood);
  }
}

/** What runs inside one environment. */
class Inside {
  readonly environment: Environment;
  readonly #name: string;
  readonly #parts: SandboxParts;
  readonly #exit = Promise.withResolvers<SandboxExit>();
  #task: DoorInvocation | 'init' | undefined = 'init';
  #hangs = false;
  #isFrozen = false;
  #isGone = false;

  constructor(name: string, parts: SandboxParts) {
    this.#name = name;
    this.#parts = parts;
    const { clock } = parts;
    const log = new EnvironmentLog({ group: 'f', stream: name, lines: keptLines([]), clock });
    const release = async (): Promise<void> => undefined;
    const made = { id: `environment-${name}` as EnvironmentId, tree: this.#tree(), door: this.#door() };
    this.environment = new Environment({ ...made, log, clock, release });
  }

  get canAct(): boolean {
    return this.#task !== undefined && !this.#hangs && !this.#isFrozen && !this.#isGone;
  }

  note(what: EnvironmentStep): void {
    this.#parts.note({ kind: 'environment', environment: this.#name, what });
  }

  act(random: SeededRandom, mood: Mood): void {
    const task = this.#task;
    if (task === 'init') this.#load(random, mood);
    else if (task !== undefined) this.#handle(task, seenBy(task.payload), random, mood);
  }

  #load(random: SeededRandom, mood: Mood): void {
    if (random.fraction() >= mood.failsToStart) {
      this.#task = undefined;
      this.note('ready');
      return this.#say({ kind: 'ready' });
    }
    this.note('start failed');
    const dice = random.fraction();
    this.#hangs = dice < 0.2;
    if (dice < 0.2) return;
    if (dice < 0.6) this.#say({ kind: 'init-failed', ...FAILURE });
    else this.#die({ kind: 'exited', code: 1 });
  }

  #handle(invocation: DoorInvocation, seen: Seen, random: SeededRandom, mood: Mood): void {
    const dice = random.fraction();
    let least = mood.hangs;
    if (seen.isPoisoned || (dice >= least && dice < (least += mood.crashes)))
      return this.#crash(invocation, random);
    if (dice < mood.hangs) {
      this.#hangs = true;
      return;
    }
    if (dice >= least && dice < (least += mood.fails)) {
      this.#over(invocation, 'failed', []);
      this.#say({ kind: 'failed', ...FAILURE });
    } else {
      const isPartly = dice >= least && dice < (least += mood.failsPartly);
      const failed = isPartly ? seen.messages.map(({ id }) => id).filter(() => random.fraction() < 0.4) : [];
      this.#over(invocation, 'answered', failed);
      const answer = { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
      const event = { kind: 'answered', payload: Buffer.from(JSON.stringify(answer)), marks: 0 } as const;
      this.#say(event);
      if (random.fraction() < mood.answersTwice) this.#say(event);
    }
    this.#say({ kind: 'ready' });
    if (random.fraction() < mood.answersTwice) this.#say({ kind: 'broken', what: 'it answered twice' });
  }

  #crash(invocation: DoorInvocation, random: SeededRandom): void {
    this.#over(invocation, 'crashed', []);
    this.#die(random.fraction() < 0.3 ? { kind: 'out-of-memory' } : { kind: 'exited', code: 1 });
  }

  #die(exit: SandboxExit): void {
    this.#isGone = true;
    this.#task = undefined;
    this.note('ended');
    this.#exit.resolve(exit);
  }

  #over({ requestId }: DoorInvocation, how: InvocationEnd, failed: readonly string[]): void {
    this.#task = undefined;
    this.#parts.note({ kind: 'invocation-ended', environment: this.#name, requestId, how, failed });
  }

  #say(event: DoorEvent): void {
    this.environment.heard(event);
  }

  #send(invocation: DoorInvocation): void {
    const { requestId } = invocation;
    const { messages, event } = seenBy(invocation.payload);
    const what = { requestId, messages, ...(event !== undefined && { event }) };
    this.#parts.note({ kind: 'invocation-began', environment: this.#name, ...what });
    this.#task = invocation;
  }

  #tree(): SandboxedTree {
    return {
      exit: this.#exit.promise,
      freeze: async () => {
        this.#isFrozen = true;
        this.note('frozen');
      },
      thaw: async () => {
        this.#isFrozen = false;
        this.note('thawed');
      },
      terminate: async () => undefined,
      kill: async () => this.#killed(),
      outputRead: async () => undefined,
      watchMemory: () => undefined,
      usedMemoryBytes: async () => 1_000_000,
      peakMemoryBytes: async () => 1_000_000,
      ranOutOfMemory: async () => false,
      owns: async () => true,
      listensAt: async () => undefined,
    };
  }

  #killed(): void {
    if (this.#isGone) return;
    const task = this.#task;
    if (task === 'init') this.note('start failed');
    else if (task !== undefined) this.#over(task, 'killed', []);
    this.#isGone = true;
    this.note('killed');
    this.#exit.resolve({ kind: 'killed', signal: 'SIGKILL' });
  }

  #door(): EnvironmentDoor {
    return {
      graceMs: () => 0,
      belongTo: () => undefined,
      shutdown: () => undefined,
      lostExtension: () => undefined,
      cutShort: () => undefined,
      telemetry: NO_TELEMETRY,
      variables: {},
      mounts: [],
      prefix: [],
      admit: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      send: (invocation) => this.#send(invocation),
      drained: async () => undefined,
      left: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}

const FAILURE = {
  payload: Buffer.from('{"errorType":"Error","errorMessage":"no"}'),
  ...{ errorType: 'Error', errorMessage: 'no', marks: 0 },
};
