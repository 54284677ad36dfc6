import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { SandboxedTree, SandboxExit } from '../sandbox/sandbox.ts';
import type { Door, DoorEvent, DoorInvocation, EndReason, EnvironmentDoor, Marks } from './door.ts';
import type { EnvironmentLog } from './environment-log.ts';
import { endedOf } from './ended.ts';
import type { LostProgram } from './lost-program.ts';
import type { RunEnd, StartFailure } from './outcomes.ts';
import type { Relay } from './relay.ts';
import { step, type EnvironmentState } from './state.ts';
import type { TelemetryEvent } from './telemetry/event.ts';

/** What an environment is made of; it owns all of it from then on. */
export interface EnvironmentParts {
  readonly id: EnvironmentId;
  readonly tree: SandboxedTree;
  readonly door: EnvironmentDoor;
  readonly log: EnvironmentLog;
  readonly clock: Clock;
  /** Where other programs run beside the runtime: the end that follows leaves it no time. */
  readonly killRuntime?: () => Promise<void>;
  /** Gives back whatever the environment held; called once no process of it is left. */
  readonly release: () => Promise<void>;
}

/** One run of {@link Environment.run}. `again` is true once the next invocation may come, false when none will. */
export interface Run {
  readonly end: RunEnd;
  readonly again: Promise<boolean>;
}

const BROKEN = 'broken off';
const RUNTIME_ENDED = 'its runtime ended';

/** How long an answer waits for what was printed before it, and the end of a runtime for what it had said before. */
const SAID_WAIT_MS = 1000;

type Heard =
  | DoorEvent
  | { readonly kind: 'exit'; readonly exit: SandboxExit }
  | { readonly kind: 'deadline' };

/**
 * One execution environment: a tree of processes that runs one invocation at a time.
 * Every way out leads to `gone`: nothing of it is left then.
 */
export class Environment {
  readonly id: EnvironmentId;
  readonly log: EnvironmentLog;
  /** Resolves with the reason once nothing of the environment is left. */
  readonly gone: Promise<string>;
  /** Memory it really used when that was last looked at. */
  usedMemoryBytes = 0;
  peakMemoryBytes: number | undefined;
  /** How long it took to be ready for its first invocation. */
  initDurationMs = 0;
  /** When it last became idle. */
  lastUsedMs = 0;
  readonly #parts: EnvironmentParts;
  #state: EnvironmentState = 'starting';
  #why: string | undefined;
  #exit: SandboxExit | undefined;
  /** Said before anybody listened. */
  readonly #early: Heard[] = [];
  #hear: (heard: Heard) => void = (heard) => this.#early.push(heard);
  #power: Promise<void> = Promise.resolve();
  readonly #stopped = Promise.withResolvers<false>();
  #hasRun = false;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.log = parts.log;
    this.gone = this.#end();
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  /** How its processes ended, once none is left. */
  get exit(): SandboxExit | undefined {
    return this.#exit;
  }

  /** True while an invocation may be handed to it. */
  get isFree(): boolean {
    return this.#exit === undefined && (this.#state === 'idle' || this.#state === 'frozen');
  }

  /** True when it has ended by itself, and nobody had used it. */
  get endedUnused(): boolean {
    return this.#exit !== undefined && this.#why === undefined && !this.#hasRun;
  }

  /** Takes what the door says. */
  heard(event: DoorEvent): void {
    if (event.kind === 'broken') this.stop(`${BROKEN}: ${event.what}`);
    else this.#hear(event);
  }

  /** Something of it has ended by itself, while others of its processes go on. */
  lost(lost: LostProgram): void {
    if (this.#exit !== undefined || this.#state === 'stopping') return;
    if (lost.what === 'runtime') return void this.#loseRuntime(lost.exit).catch(() => undefined);
    this.log.write(`Extension ${lost.name} ended with exit status ${lost.code}`);
    this.#parts.door.lostExtension(lost.name, lost.code);
  }

  /** Waits until the code is loaded. After a failure the environment is on its way out. */
  async started(limitMs: number): Promise<StartFailure | undefined> {
    let marks: Marks = 0;
    const failure = await new Promise<StartFailure | undefined>((resolve) => {
      const cancel = this.#parts.clock.after(limitMs, () => this.#hear({ kind: 'deadline' }));
      this.#listen((heard) => {
        cancel();
        this.#cutShort(heard);
        if (heard.kind === 'init-failed') marks = heard.marks;
        if (heard.kind === 'init-failed') resolve(heard);
        else if (heard.kind === 'exit') resolve(startFailureOf(heard.exit));
        else if (heard.kind === 'deadline') resolve({ kind: 'init-timed-out', limitMs });
        else resolve(undefined);
      });
    });
    if (failure?.kind === 'init-failed') await this.#printed('init', marks);
    if (failure === undefined && this.#state === 'starting') this.#state = step(this.#state, 'idle');
    else this.stop(failure?.kind ?? 'stopped');
    return failure;
  }

  /**
   * Runs one invocation; `relayTo` makes what an answer in pieces goes through. When its time is over, the environment
   * is ended and what it may still say is not heard.
   */
  async run(invocation: DoorInvocation, relayTo: (door: Door) => Relay): Promise<Run> {
    const wasFrozen = this.#state === 'frozen';
    this.#state = step(this.#state, 'busy');
    this.#hasRun = true;
    if (wasFrozen) await this.#thaw();
    const end = Promise.withResolvers<{ readonly end: RunEnd; readonly marks: Marks }>();
    const again = Promise.withResolvers<boolean>();
    const { clock, door } = this.#parts;
    const remainingMs = invocation.deadlineMs - clock.nowMs();
    const cancel = clock.after(remainingMs, () => this.#hear({ kind: 'deadline' }));
    const relay = relayTo(door);
    this.#listen((heard) => {
      if (heard.kind === 'begun') return relay.begin(heard.contentType);
      if (heard.kind === 'piece') return relay.piece(heard.bytes);
      this.#cutShort(heard);
      const ended = runEndOf(heard, relay);
      if (ended !== undefined) end.resolve({ end: ended, marks: 'marks' in heard ? heard.marks : 0 });
      if (heard.kind === 'ready') again.resolve(true);
      if (heard.kind === 'exit' || heard.kind === 'deadline') again.resolve(false);
      if (heard.kind === 'deadline') this.stop('timed out');
    });
    if (this.#exit === undefined) door.send(invocation);
    const outcome = await end.promise;
    relay.end();
    await this.#printed(invocation.requestId, outcome.marks);
    return { end: outcome.end, again: this.#rest(again.promise, cancel) };
  }

  /** Stops its processes from running until the next invocation. */
  async freeze(): Promise<void> {
    this.#state = step(this.#state, 'frozen');
    const { tree, door } = this.#parts;
    door.telemetry.pause();
    this.#power = this.#power.then(() => tree.freeze());
    await this.#power;
  }

  /** Tells its extensions, if they want to know. */
  tell(event: () => TelemetryEvent): void {
    const { telemetry } = this.#parts.door;
    if (telemetry.isWanted) telemetry.tell(event());
  }

  /** Looks at the memory that it uses and has used: the kernel walks through all of it. */
  async measure(): Promise<void> {
    this.usedMemoryBytes = await this.#parts.tree.usedMemoryBytes();
    await this.measurePeak();
  }

  /** Looks at the most that it has used, which counts as what it uses until that is looked at. */
  async measurePeak(): Promise<void> {
    const peakBytes = await this.#parts.tree.peakMemoryBytes();
    this.peakMemoryBytes = peakBytes;
    if (this.usedMemoryBytes === 0) this.usedMemoryBytes = peakBytes;
  }

  /** Asks an idle environment to end by itself, which `gone` tells; {@link stop} follows when it does not. */
  askToEnd(): void {
    void this.#parts.tree.terminate().catch(() => undefined);
  }

  /** Ends it at once; `gone` tells when nothing is left. Harmless when it is ending already. */
  stop(why: string): void {
    if (this.#exit !== undefined || this.#state === 'stopping' || this.#state === 'gone') return;
    this.#state = step(this.#state, 'stopping');
    this.#why ??= why;
    this.#stopped.resolve(false);
    void this.#finish(reasonOf(why)).catch(() => undefined);
  }

  /** Who waits for an answer gets the end of the runtime at once; extensions then have their time. */
  async #loseRuntime(exit: SandboxExit): Promise<void> {
    await this.#bounded(this.#parts.door.left());
    const mayBeMemory = exit.kind === 'killed' && exit.signal === 'SIGKILL';
    const isMemory = mayBeMemory && (await this.#parts.tree.ranOutOfMemory());
    this.#hear({ kind: 'exit', exit: isMemory ? { kind: 'out-of-memory' } : exit });
    this.stop(RUNTIME_ENDED);
  }

  /** As AWS does: extensions learn of the end, the runtime gets SIGTERM, and after their time everything is killed. */
  async #finish(reason: EndReason): Promise<void> {
    const { tree, door, clock, killRuntime } = this.#parts;
    const graceMs = door.graceMs(reason);
    if (graceMs > 0) {
      await this.#thaw();
      door.telemetry.hurry();
      if (reason !== 'spindown') await killRuntime?.();
      const over = Promise.withResolvers<void>();
      const cancel = clock.after(graceMs, over.resolve);
      await tree.terminate().catch(() => undefined);
      door.shutdown(reason, clock.nowMs() + graceMs);
      await Promise.race([tree.exit, over.promise]);
      cancel();
    }
    await tree.kill();
  }

  #listen(hear: (heard: Heard) => void): void {
    this.#hear = hear;
    for (const heard of this.#early.splice(0)) hear(heard);
    if (this.#exit !== undefined) hear({ kind: 'exit', exit: this.#exit });
  }

  async #rest(again: Promise<boolean>, cancel: () => void): Promise<boolean> {
    const isReady = await Promise.race([again, this.#stopped.promise]);
    cancel();
    if (!isReady || this.#state !== 'busy') return false;
    this.#state = step(this.#state, 'idle');
    return true;
  }

  /** What a runtime cannot say itself any more is said for it. */
  #cutShort(heard: Heard): void {
    const { door } = this.#parts;
    if (heard.kind === 'deadline') door.cutShort({ status: 'timeout' });
    if (heard.kind === 'exit') door.cutShort(endedOf({ kind: 'exited', exit: heard.exit }));
  }

  /** Waits for what was printed before an answer, which has come on another way. */
  async #printed(id: string, marks: Marks): Promise<void> {
    if (marks === undefined) await this.#outputRead();
    else if (marks !== 0) await this.log.arrived(id, marks);
  }

  async #outputRead(): Promise<void> {
    await this.#bounded(this.#parts.tree.outputRead());
  }

  async #bounded(waiting: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(SAID_WAIT_MS, late.resolve);
    await Promise.race([waiting, late.promise]);
    cancel();
  }

  async #thaw(): Promise<void> {
    const { tree, door } = this.#parts;
    this.#power = this.#power.then(() => tree.thaw());
    await this.#power;
    door.telemetry.resume();
  }

  async #end(): Promise<string> {
    const { tree, door, log, release } = this.#parts;
    const exit = await tree.exit;
    await door.drained();
    log.flush();
    this.#exit = exit;
    this.#hear({ kind: 'exit', exit });
    await release();
    this.#state = step(this.#state, 'gone');
    return this.#why ?? exit.kind;
  }
}

/** Why an environment ends, as extensions are told. */
function reasonOf(why: string): EndReason {
  if (why === 'timed out' || why === 'init-timed-out') return 'timeout';
  const failures = [RUNTIME_ENDED, 'init-failed', 'exited', 'ended with its invocation'];
  return why.startsWith(BROKEN) || failures.includes(why) ? 'failure' : 'spindown';
}

function startFailureOf(exit: SandboxExit): StartFailure {
  return exit.kind === 'not-started' ? { kind: 'no-room', why: exit.why } : { kind: 'exited', exit };
}

function runEndOf(heard: Heard, relay: Relay): RunEnd | undefined {
  switch (heard.kind) {
    case 'streamed':
      return { kind: relay.isTooLarge ? 'too-large' : 'streamed' };
    case 'answered':
    case 'failed':
    case 'too-large':
      return heard;
    case 'exit':
      return { kind: 'exited', exit: heard.exit };
    case 'deadline':
      return { kind: 'timed-out' };
    default:
      return undefined;
  }
}
