import type { Clock } from '../base/clock.ts';
import type { LineStore, LogLine } from '../store/lines.ts';
import { LogTail } from './log-tail.ts';
import { lostProgram, type LostProgram } from './lost-program.ts';
import { OutputLines } from './output-lines.ts';
import type { TelemetrySink } from './telemetry/event.ts';

/** How much an environment may print in one invocation; a flood beyond it is dropped, with a note. */
const KEPT_PER_INVOCATION_BYTES = 4_194_304;
/** How long an answer waits for the output printed before it. */
const MARK_WAIT_MS = 1000;

type Stream = 'stdout' | 'stderr';
/** What the platform's own programs print beside the function, behind a zero byte. */
const MARK = /\0(end|lost|by) /;
const EXTENSION_MARK = '\0by ';
/** Lines that are kept until it is known who wants to be told. */
const MOST_EARLY_LINES = 1000;
const MARK_BITS: Readonly<Record<Stream, number>> = { stdout: 1, stderr: 2 };

/** What {@link EnvironmentLog} needs. */
export interface EnvironmentLogOptions {
  readonly group: string;
  readonly stream: string;
  readonly lines: LineStore;
  readonly clock: Clock;
}

/** Everything one environment prints, and what the platform writes between: kept as lines, with a tail for callers. */
export class EnvironmentLog {
  readonly #options: EnvironmentLogOptions;
  readonly #outputs: Readonly<Record<Stream, OutputLines>> = {
    stdout: new OutputLines(),
    stderr: new OutputLines(),
  };
  readonly #tail = new LogTail();
  #keptBytes = 0;
  #telemetry: TelemetrySink | undefined;
  #isJson = false;
  readonly #earlyLines: {
    readonly by: 'function' | 'extension';
    readonly text: string;
    readonly atMs: number;
  }[] = [];
  readonly #lost: LostProgram[] = [];
  #hearLost: ((lost: LostProgram) => void) | undefined;
  #awaited: { readonly mark: string; bits: number; readonly arrived: () => void } | undefined;
  #seen: { mark: string; bits: number } = { mark: '', bits: 0 };

  constructor(options: EnvironmentLogOptions) {
    this.#options = options;
  }

  /** Takes output as it comes. */
  output(stream: Stream, chunk: Uint8Array): void {
    const batch: LogLine[] = [];
    for (const line of this.#outputs[stream].push(chunk)) this.#printed(stream, line, batch);
    this.#append(batch);
  }

  /** Lines of the platform's own. */
  write(...texts: readonly string[]): void {
    const batch: LogLine[] = [];
    for (const text of texts) this.#add(text, batch);
    this.#append(batch);
  }

  /** What ends by itself while others of the environment go on is told from now on, also what has ended before. */
  hearLost(hear: (lost: LostProgram) => void): void {
    this.#hearLost = hear;
    this.#tellLost();
  }

  /** What function and extensions print is told from now on, also what they have printed before. */
  tellLines(telemetry: TelemetrySink, isJson: boolean): void {
    this.#telemetry = telemetry;
    this.#isJson = isJson;
    for (const { by, text, atMs } of this.#earlyLines.splice(0)) {
      telemetry.tell({ kind: 'line', atMs, by, text, isJson });
    }
  }

  /** From here on the next invocation prints. */
  begin(): void {
    this.#keptBytes = 0;
  }

  /** Resolves when everything before the marks of `requestId` has been read, or cannot be waited for any longer. */
  async arrived(requestId: string, bits: number): Promise<void> {
    const mark = `\0end ${requestId}`;
    const missing = this.#seen.mark === mark ? bits & ~this.#seen.bits : bits;
    if (missing === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(MARK_WAIT_MS, resolve);
      const arrived = (): void => {
        cancel();
        resolve();
      };
      this.#awaited = { mark, bits: missing, arrived };
    });
    this.#awaited = undefined;
  }

  /** Takes in what was printed without a line end. */
  flush(): void {
    const batch: LogLine[] = [];
    for (const output of Object.values(this.#outputs)) {
      const rest = output.flush();
      if (rest !== undefined) this.#line('function', rest, batch);
    }
    this.#append(batch);
  }

  /** The last 4 KiB since the last take. */
  takeTail(): Uint8Array {
    const bytes = this.#tail.bytes();
    this.#tail.clear();
    return bytes;
  }

  #printed(stream: Stream, line: string, batch: LogLine[]): void {
    const mark = line.includes('\0') ? MARK.exec(line) : null;
    if (mark === null) return this.#line('function', line, batch);
    if (mark.index > 0) this.#line('function', line.slice(0, mark.index), batch);
    const said = line.slice(mark.index);
    if (mark[1] === 'by') return this.#line('extension', said.slice(EXTENSION_MARK.length), batch);
    if (mark[1] === 'end') return this.#marked(said, MARK_BITS[stream]);
    const lost = lostProgram(said.slice(1));
    if (lost !== undefined) this.#lost.push(lost);
    this.#tellLost();
  }

  /** A line that was printed inside. */
  #line(by: 'function' | 'extension', text: string, batch: LogLine[]): void {
    const atMs = this.#options.clock.nowMs();
    this.#telemetry?.tell({ kind: 'line', atMs, by, text, isJson: this.#isJson });
    if (this.#telemetry === undefined && this.#earlyLines.length < MOST_EARLY_LINES) {
      this.#earlyLines.push({ by, text, atMs });
    }
    this.#add(text, batch);
  }

  #tellLost(): void {
    const hear = this.#hearLost;
    if (hear !== undefined) for (const lost of this.#lost.splice(0)) hear(lost);
  }

  #marked(mark: string, bit: number): void {
    if (this.#seen.mark === mark) this.#seen.bits |= bit;
    else this.#seen = { mark, bits: bit };
    if (this.#awaited?.mark !== mark) return;
    this.#awaited.bits &= ~bit;
    if (this.#awaited.bits === 0) this.#awaited.arrived();
  }

  #add(text: string, batch: LogLine[]): void {
    this.#tail.add(text);
    if (this.#keptBytes > KEPT_PER_INVOCATION_BYTES) return;
    this.#keptBytes += text.length + 1;
    const isFlood = this.#keptBytes > KEPT_PER_INVOCATION_BYTES;
    const kept = isFlood ? '[more output of this invocation is not kept]' : text;
    batch.push({ atMs: this.#options.clock.nowMs(), stream: this.#options.stream, text: kept });
  }

  #append(batch: readonly LogLine[]): void {
    if (batch.length > 0) this.#options.lines.append(this.#options.group, batch);
  }
}
