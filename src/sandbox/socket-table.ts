/** One socket of the machine, as the kernel lists it. */
export interface KernelSocket {
  readonly uid: number;
  readonly inode: string;
}

/** One end of a socket. */
export interface SocketEnd {
  /** IPv4 as usual; of IPv6 `::` and `::1` alone. */
  readonly address: string;
  readonly port: number;
}

/** The two ends of a socket as its holder sees them. */
export interface SocketEnds {
  readonly local: SocketEnd;
  readonly remote: SocketEnd;
}

export type Family = 'ipv4' | 'ipv6';

/** How many hexadecimal digits an address of that table has. */
const DIGITS: Readonly<Record<Family, number>> = { ipv4: 8, ipv6: 32 };
const PORT_DIGITS = 4;
/** Between a row's number and its sockets. */
const NUMBER_END = ': ';

/** The kernel's list of TCP sockets, `/proc/net/tcp` or `tcp6`: thousands of rows, of which few are looked at. */
export class SocketTable {
  readonly #family: Family;
  readonly #text: string;
  /** Where a row goes on behind its two ends, by those. */
  readonly #rows = new Map<string, number>();

  constructor(family: Family, text: string) {
    this.#family = family;
    this.#text = text;
    const length = 2 * (DIGITS[family] + 1 + PORT_DIGITS) + 1;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
      const start = text.indexOf(NUMBER_END, end) + NUMBER_END.length;
      if (start < NUMBER_END.length) break;
      this.#rows.set(text.slice(start, start + length), start + length);
    }
  }

  /** The socket with these ends, if there is one in this table. */
  get({ local, remote }: SocketEnds): KernelSocket | undefined {
    const row = this.#rows.get(`${this.#listed(local)} ${this.#listed(remote)}`);
    if (row === undefined) return undefined;
    const rest = this.#text.slice(row, this.#text.indexOf('\n', row)).trim();
    // State, queues, timer, timeouts, user, its timeout, inode.
    const [, , , , uid = '', , inode] = rest.split(/\s+/);
    return inode === undefined ? undefined : { uid: Number(uid), inode };
  }

  /** 127.0.0.1:4566 is `0100007F:11D6`: each word of the address in the byte order of the machine. */
  #listed({ address, port }: SocketEnd): string {
    const digits = this.#family === 'ipv4' ? ipv4Digits(address) : ipv6Digits(address);
    return `${digits}:${port.toString(16).toUpperCase().padStart(PORT_DIGITS, '0')}`;
  }
}

function ipv4Digits(address: string): string {
  const bytes = address.split('.').toReversed();
  return bytes.map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0')).join('');
}

/** A socket of IPv6 may have an address of IPv4, in its last word. */
function ipv6Digits(address: string): string {
  if (!address.includes(':')) return `0000000000000000FFFF0000${ipv4Digits(address)}`;
  return `${'0'.repeat(24)}${address === '::1' ? '01000000' : '00000000'}`;
}
