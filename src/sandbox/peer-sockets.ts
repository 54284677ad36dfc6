import { readdir, readlink } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { PeerAddress } from './sandbox.ts';
import { SharedReading } from './shared-reading.ts';
import type { Family, KernelSocket, SocketEnds, SocketTable } from './socket-table.ts';
import { TableReader } from './table-reader.ts';

const MAPPED = '::ffff:';
const LOOPBACK_IPV6 = '::1';

/** Whose a TCP connection's other end is. One reading of a table of the kernel's serves all questions of a moment. */
export class PeerSockets {
  readonly #tables: Readonly<Record<Family, SharedReading<SocketTable>>>;

  constructor(clock: Clock) {
    const tableOf = (family: Family): SharedReading<SocketTable> => {
      const reader = new TableReader(family, clock);
      return new SharedReading(() => reader.read());
    };
    this.#tables = { ipv4: tableOf('ipv4'), ipv6: tableOf('ipv6') };
  }

  /**
   * The socket at the other end of an accepted connection; undefined when it is not on this machine or gone. Each table takes
   * the kernel a millisecond and more: that of IPv6, whose sockets may connect to addresses of IPv4, is read second.
   */
  async find(peer: PeerAddress): Promise<KernelSocket | undefined> {
    const [from, to] = [plain(peer.remoteAddress), plain(peer.localAddress)];
    const ends = {
      local: { address: from, port: peer.remotePort },
      remote: { address: to, port: peer.localPort },
    };
    if (!from.includes(':')) return (await this.#find('ipv4', ends)) ?? this.#find('ipv6', ends);
    return from === LOOPBACK_IPV6 ? this.#find('ipv6', ends) : undefined;
  }

  /** The socket that takes connections to this address and port: the kernel prefers one of just that address. */
  async listener(address: string, port: number): Promise<KernelSocket | undefined> {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    const nowhere = family === 'ipv6' ? '::' : '0.0.0.0';
    const remote = { address: nowhere, port: 0 };
    const own = await this.#find(family, { local: { address, port }, remote });
    return own ?? this.#find(family, { local: { address: nowhere, port }, remote });
  }

  async #find(family: Family, ends: SocketEnds): Promise<KernelSocket | undefined> {
    // A connection accepted now is in a table read from now on, but perhaps not in one whose reading has begun.
    return (await this.#tables[family].fromNowOn()).get(ends);
  }
}

/** The first of the addresses at which the listening socket is one that `isOwn` knows. */
export async function firstOwnListener(
  sockets: PeerSockets,
  { addresses, port }: { readonly addresses: readonly string[]; readonly port: number },
  isOwn: (socket: KernelSocket) => boolean,
): Promise<string | undefined> {
  for (const address of addresses) {
    const socket = await sockets.listener(address, port);
    if (socket !== undefined && isOwn(socket)) return address;
  }
  return undefined;
}

/** The inodes of all sockets that these processes hold. */
export async function socketInodes(pids: readonly number[]): Promise<ReadonlySet<string>> {
  const inodes = new Set<string>();
  await Promise.all(
    pids.map(async (pid) => {
      const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
      for (const descriptor of descriptors) {
        const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
        const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
        if (inode !== undefined) inodes.add(inode);
      }
    }),
  );
  return inodes;
}

/** A listener of both families names addresses of IPv4 in the form of IPv6. */
function plain(address: string): string {
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
