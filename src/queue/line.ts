/** First in, first out, in constant time; the front may also be put back. */
export class Line<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item that the next {@link shift} takes. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  get last(): Item | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1);
  }

  push(item: Item): void {
    // Room for this one alone: of most lines nothing more comes.
    if (this.#items.length === 0) this.#items = [item];
    else this.#items.push(item);
  }

  /** Takes the first item. */
  shift(): Item | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Puts an item back in front of all others. */
  unshift(item: Item): void {
    if (this.#head > 0) {
      this.#head -= 1;
      this.#items[this.#head] = item;
    } else this.#items.unshift(item);
  }

  /** Takes all items for which `chosen` holds; the others stay in order. */
  takeAll(chosen: (item: Item) => boolean): Item[] {
    const items = this.#items.slice(this.#head).filter((item) => item !== undefined);
    this.#items = items.filter((item) => !chosen(item));
    this.#head = 0;
    return items.filter(chosen);
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
