/** Where environments' Runtime APIs listen: 127.1.0.1 to 127.254.255.254, one after the other. */
const FIRST = 0x7f_01_00_01;
const LAST = 0x7f_fe_ff_fe;

/** Hands out loopback addresses, so that each environment's Runtime API has its own. */
export class LoopbackAddresses {
  #next = FIRST;

  /** The next address; after 16 million the first comes again. */
  take(): string {
    const address = this.#next;
    this.#next = address >= LAST ? FIRST : address + 1;
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
  }
}
