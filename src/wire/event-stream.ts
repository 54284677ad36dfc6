import { crc32 } from 'node:zlib';

/*
 * One message of `application/vnd.amazon.eventstream`:
 *
 *   total length (4)  headers length (4)  CRC of these 8 bytes (4)
 *   headers: name length (1) name  type 7, text (1)  value length (2) value
 *   payload  CRC of everything before (4)
 */
const TEXT = 7;
const PRELUDE_BYTES = 8;
const CRC_BYTES = 4;

/** A message of an event stream; numbers are big endian. */
export function eventMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): Buffer<ArrayBuffer> {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => headerBytes(name, value)));
  const payloadAt = PRELUDE_BYTES + CRC_BYTES + head.length;
  const message = Buffer.alloc(payloadAt + payload.length + CRC_BYTES);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, PRELUDE_BYTES)), PRELUDE_BYTES);
  message.set(head, PRELUDE_BYTES + CRC_BYTES);
  message.set(payload, payloadAt);
  message.writeUInt32BE(crc32(message.subarray(0, -CRC_BYTES)), message.length - CRC_BYTES);
  return message;
}

function headerBytes(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  const bytes = Buffer.alloc(4 + nameBytes.length + valueBytes.length);
  bytes.writeUInt8(nameBytes.length, 0);
  bytes.set(nameBytes, 1);
  bytes.writeUInt8(TEXT, 1 + nameBytes.length);
  bytes.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
  bytes.set(valueBytes, 4 + nameBytes.length);
  return bytes;
}
