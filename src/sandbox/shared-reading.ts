/** Something costly to read that many may ask for at once: it is read once at a time, and who asks meanwhile shares the next reading. */
export class SharedReading<Value> {
  readonly #read: () => Promise<Value>;
  #running: Promise<Value> | undefined;
  #next: Promise<Value> | undefined;

  constructor(read: () => Promise<Value>) {
    this.#read = read;
  }

  /** What a reading finds that begins no earlier than now. */
  fromNowOn(): Promise<Value> {
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<Value> => this.#begin();
    this.#next ??= this.#running.then(begin, begin);
    return this.#next;
  }

  #begin(): Promise<Value> {
    this.#next = undefined;
    const reading = this.#read().finally(() => {
      if (this.#running === reading) this.#running = undefined;
    });
    this.#running = reading;
    return reading;
  }
}
