import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address, read. */
export type Address = ReturnType<typeof ipaddr.process>;

/** What may be kept of a viewer's address. */
export interface Viewer {
  /** The network: /24 of IPv4, /48 of IPv6; empty if there was no readable address. */
  readonly network: string;
  /** The same for the same viewer on the same day, and for nobody else. */
  readonly hash: string;
}

/**
 * The address a request came from. A proxy is believed when it is on this machine or among `proxies`: then it is the
 * last entry of X-Forwarded-For, the one that the proxy itself wrote.
 */
export function clientAddress(
  request: IncomingMessage,
  proxies: ReadonlySet<string> = new Set(),
): Address | undefined {
  const from = request.socket.remoteAddress ?? '';
  const forwarded = request.headers['x-forwarded-for'];
  if (forwarded === undefined || !isProxy(from, proxies)) return parse(from);
  return parse(String(forwarded).split(',').at(-1)?.trim() ?? '') ?? parse(from);
}

function isProxy(from: string, proxies: ReadonlySet<string>): boolean {
  if (from === '127.0.0.1' || from === '::1') return true;
  const peer = parse(from);
  return peer?.range() === 'loopback' || (peer !== undefined && proxies.has(peer.toString()));
}

/** Reads an address; IPv4 inside IPv6 becomes IPv4. */
export function parse(text: string): Address | undefined {
  // As nearly all are written.
  if (isIPv4(text)) return new ipaddr.IPv4(text.split('.').map(Number));
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/** Cuts and hashes an address. Of IPv6 the first 64 bits are hashed: the rest changes with every visit. */
export function viewerOf(address: Address | undefined, salt: string): Viewer {
  if (address === undefined) return { network: '', hash: '' };
  const v4 = address.kind() === 'ipv4';
  const identity = v4 ? address.toString() : prefix(address, 64);
  const hash = createHmac('sha256', salt).update(identity).digest('base64url').slice(0, 22);
  return { network: v4 ? prefix(address, 24) : prefix(address, 48), hash };
}

function prefix(address: Address, bits: number): string {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
