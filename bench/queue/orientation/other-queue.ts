/** One connection to a durable queue of another kind, in its own protocol. */
export interface OtherConnection {
  /** Sends these, and takes and removes about as many; every step is known to have been done. Resolves to how many were removed. */
  cycle(bodies: readonly string[]): Promise<number>;
  end(): void;
}

/** A durable queue of another kind, running. */
export interface OtherQueue extends AsyncDisposable {
  readonly name: string;
  /** Its process, whose children count with it. */
  readonly pid: number;
  connect(): Promise<OtherConnection>;
}
