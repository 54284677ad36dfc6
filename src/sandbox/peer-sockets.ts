import { readdir, readFile, readlink } from 'node:fs/promises';
import type { PeerAddress } from './sandbox.ts';
import { SharedReading } from './shared-reading.ts';

/** One socket of the machine, as the kernel lists it. */
export interface KernelSocket {
  readonly uid: number;
  readonly inode: string;
}

/** Whose a TCP connection's other end is. One reading of the kernel's table serves all questions of a moment. */
export class PeerSockets {
  readonly #table = new SharedReading(readTable);

  /** The socket at the other end of an accepted connection; undefined when it is not on this machine or gone. */
  async find(peer: PeerAddress): Promise<KernelSocket | undefined> {
    // A connection accepted now is in a table read from now on, but perhaps not in one whose reading has begun.
    const table = await this.#table.fromNowOn();
    return table.get(
      `${ipv4(peer.remoteAddress)}:${peer.remotePort}>${ipv4(peer.localAddress)}:${peer.localPort}`,
    );
  }

  /** The socket that takes connections to this address and port: the kernel prefers one of just that address. */
  async listener(address: string, port: number): Promise<KernelSocket | undefined> {
    const table = await this.#table.fromNowOn();
    const nowhere = address.includes(':') ? ANY_IPV6 : ANY_IPV4;
    const at = (local: string): KernelSocket | undefined => table.get(`${local}:${port}>${nowhere}:0`);
    return at(address) ?? at(nowhere);
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

async function readTable(): Promise<ReadonlyMap<string, KernelSocket>> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return new Map(texts.flatMap(socketsOf));
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

function socketsOf(table: string): [string, KernelSocket][] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line): [string, KernelSocket][] => {
      const [, local = '', remote = '', , , , , uid = '', , inode = ''] = line.trim().split(/\s+/);
      return inode === '' ? [] : [[`${endpoint(local)}>${endpoint(remote)}`, { uid: Number(uid), inode }]];
    });
}

/** `0100007F:11D6` is 127.0.0.1:4566: each word of the address in the byte order of the machine. */
function endpoint(text: string): string {
  const [address = '', port = ''] = text.split(':');
  return `${readAddress(address)}:${Number.parseInt(port, 16)}`;
}

function readAddress(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.subarray(0, 12).equals(MAPPED_PREFIX);
  if (mapped) return bytes.subarray(12).join('.');
  return bytes.equals(LOOPBACK) ? '::1' : bytes.toString('hex');
}

/** As the kernel lists it: no address, or any. */
const ANY_IPV4 = '0.0.0.0';
const ANY_IPV6 = '0'.repeat(32);
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');
const LOOPBACK = Buffer.from('00000000000000000000000000000001', 'hex');

function ipv4(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
