import type { EnvironmentId } from '../base/ids.ts';
import type { SandboxExit } from '../sandbox/sandbox.ts';
import type { Door, DoorEvent, DoorInvocation, Marks } from './door.ts';
import { endedOf } from './ended.ts';
import { BROKEN, endProcesses, RUNTIME_ENDED } from './ending.ts';
import type { EnvironmentLog } from './environment-log.ts';
import type { EnvironmentParts } from './environment-parts.ts';
import { Listening, runEndOf, startFailureOf, type Heard } from './heard.ts';
import { printedBefore, saidBefore } from './last-words.ts';
import type { LostProgram } from './lost-program.ts';
import type { RunEnd, StartFailure } from './outcomes.ts';
import { Power } from './power.ts';
import type { Relay } from './relay.ts';
import { step, type EnvironmentState } from './state.ts';
import type { TelemetryEvent } from './telemetry/event.ts';

/** One run of {@link Environment.run}. `again` is true once the next invocation may come, false when none will. */
export interface Run {
  readonly end: RunEnd;
  readonly again: Promise<boolean>;
}

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
  readonly #listening = new Listening();
  readonly #power: Power;
  /** Says of the invocation that runs whether another may come. A promise of the stop would keep something of each until then. */
  #rested: (again: boolean) => void = () => undefined;
  #hasRun = false;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
    this.#power = new Power(parts);
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
    else this.#listening.say(event);
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
      const cancel = this.#parts.clock.after(limitMs, () => this.#listening.say({ kind: 'deadline' }));
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
    if (failure?.kind === 'init-failed') await printedBefore(this.#parts, 'init', marks);
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
    if (wasFrozen) await this.#power.thaw();
    const end = Promise.withResolvers<{ readonly end: RunEnd; readonly marks: Marks }>();
    const again = Promise.withResolvers<boolean>();
    this.#rested = again.resolve;
    if (this.#state !== 'busy') again.resolve(false);
    const { clock, door } = this.#parts;
    const remainingMs = invocation.deadlineMs - clock.nowMs();
    const cancel = clock.after(remainingMs, () => this.#listening.say({ kind: 'deadline' }));
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
    await printedBefore(this.#parts, invocation.requestId, outcome.marks);
    return { end: outcome.end, again: this.#rest(again.promise, cancel) };
  }

  /** Stops its processes from running until the next invocation. */
  async freeze(): Promise<void> {
    this.#state = step(this.#state, 'frozen');
    await this.#power.freeze();
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
    this.#rested(false);
    void endProcesses(this.#parts, this.#power, why).catch(() => undefined);
  }

  /** Who waits for an answer gets the end of the runtime at once; extensions then have their time. */
  async #loseRuntime(exit: SandboxExit): Promise<void> {
    await saidBefore(this.#parts);
    const mayBeMemory = exit.kind === 'killed' && exit.signal === 'SIGKILL';
    const isMemory = mayBeMemory && (await this.#parts.tree.ranOutOfMemory());
    this.#listening.say({ kind: 'exit', exit: isMemory ? { kind: 'out-of-memory' } : exit });
    this.stop(RUNTIME_ENDED);
  }

  #listen(hear: (heard: Heard) => void): void {
    this.#listening.listen(hear);
    if (this.#exit !== undefined) hear({ kind: 'exit', exit: this.#exit });
  }

  async #rest(again: Promise<boolean>, cancel: () => void): Promise<boolean> {
    const isReady = await again;
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

  async #end(): Promise<string> {
    const { tree, door, log, release } = this.#parts;
    const exit = await tree.exit;
    await door.drained();
    log.flush();
    this.#exit = exit;
    this.#listening.say({ kind: 'exit', exit });
    await release();
    this.#state = step(this.#state, 'gone');
    return this.#why ?? exit.kind;
  }
}
