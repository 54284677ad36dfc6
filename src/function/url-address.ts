import type { Random } from '../base/random.ts';

/** 127.64.0.0/10, of which every address of a function URL is: nothing else of this server answers there. */
const URL_ADDRESS = /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d{1,3}\.\d{1,3}$/;

/** Tries before giving up: with ten thousand of four million addresses in use one try in four hundred fails. */
const MOST_TRIES = 1000;

/** True for addresses that are kept for function URLs, whether or not there is one. */
export function isUrlAddress(address: string): boolean {
  return URL_ADDRESS.test(address);
}

/** An address of the loopback network for a URL, by chance, that is not taken. */
export function freeUrlAddress(random: Random, isTaken: (address: string) => boolean): string {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const [first = 0, second = 0, third = 0] = random.bytes(3);
    const address = `127.${64 + (first % 64)}.${second}.${1 + (third % 254)}`;
    if (!isTaken(address)) return address;
  }
  throw new Error('No address of the loopback network is left for another function URL.');
}
