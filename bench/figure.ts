/** One measured figure beside the calibration of the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the calibration gave, in the same unit. */
  readonly floor?: number;
  /** Value by floor: median of the pairs. */
  readonly ratio?: number;
  /** What is promised, in words: `>= 0.5 x null`. */
  readonly target: string;
  /** Whether this run kept it. */
  readonly kept: boolean;
}

/** What a bench says while it runs. */
export interface Report {
  /** A line on what is being done. */
  readonly progress: (line: string) => void;
  /** Figures, as soon as they are there: whatever fails later, they have been said. */
  readonly tell: (figures: readonly Figure[]) => void;
  /** Measures one part of several and tells its figures. When it fails that is said, and what follows is measured all the same. */
  readonly part: (name: string, measure: () => Promise<readonly Figure[]>) => Promise<void>;
}

/** A group of figures that is measured together. */
export interface Bench {
  readonly name: string;
  readonly what: string;
  /** Measures, and tells what it finds as it finds it. */
  run(report: Report, options: BenchOptions): Promise<void>;
}

/** How a bench is to be run. */
export interface BenchOptions {
  /** True: what takes minutes is measured whole. */
  readonly isFull: boolean;
  /** True: for orientation only, beside durable queues of other kinds. */
  readonly isOriented: boolean;
  /** How many messages a backlog is made of. */
  readonly messages: number;
  /** Only parts of this name, or with these words in it, are measured; undefined: all are. */
  readonly onlyPart: string | undefined;
  /** Where large files may be made for as long as they are needed. */
  readonly scratch: string;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that `percent` per cent of the values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((first, second) => first - second);
  const place = Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1);
  return sorted[Math.max(place, 0)] ?? Number.NaN;
}

/** Three significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
