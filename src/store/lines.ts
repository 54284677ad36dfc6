/** One line that a function printed, or that the platform wrote into the function's log. */
export interface LogLine {
  readonly atMs: number;
  /** The environment it came from (AWS: log stream). */
  readonly stream: string;
  readonly text: string;
}

/** The logs of functions; a group is the log of one function. Bounded per group; not synced: a crash may lose the last lines. */
export interface LineStore {
  append(group: string, lines: readonly LogLine[]): void;
  /** The last `limit` lines of a group, oldest first, no earlier than `sinceMs`. */
  tail(
    group: string,
    query: { readonly limit: number; readonly sinceMs?: number },
  ): Promise<readonly LogLine[]>;
  /** Ends a group and frees its space. */
  remove(group: string): Promise<void>;
}
