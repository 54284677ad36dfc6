import { createHash } from 'node:crypto';

/** A user's message attribute. `dataType` is `String`, `Number` or `Binary`, with an optional `.label`. */
export type MessageAttribute =
  | { readonly dataType: string; readonly stringValue: string }
  | { readonly dataType: string; readonly binaryValue: Uint8Array };

/** Attributes by name. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const STRING_VALUE = Buffer.of(1);
const BINARY_VALUE = Buffer.of(2);

/**
 * The digest that SDKs verify: MD5 over the attributes in byte order of their names.
 * See "Calculating the MD5 message digest for message attributes" in the SQS developer guide.
 * Undefined when there are none.
 */
export function attributesMd5(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes);
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const counted = (bytes: Uint8Array): void => {
    const lengthBytes = Buffer.alloc(4);
    lengthBytes.writeUInt32BE(bytes.length);
    hash.update(lengthBytes).update(bytes);
  };
  for (const [name, attribute] of sortedByBytes(attributes)) {
    counted(name);
    counted(Buffer.from(attribute.dataType));
    if ('stringValue' in attribute) {
      hash.update(STRING_VALUE);
      counted(Buffer.from(attribute.stringValue));
    } else {
      hash.update(BINARY_VALUE);
      counted(attribute.binaryValue);
    }
  }
  return hash.digest('hex');
}

/** What attributes count towards the size of a message: names, types and values in bytes. */
export function attributesSizeBytes(attributes: MessageAttributes): number {
  let sizeBytes = 0;
  for (const [name, attribute] of Object.entries(attributes)) {
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.dataType);
    sizeBytes +=
      'stringValue' in attribute ? Buffer.byteLength(attribute.stringValue) : attribute.binaryValue.length;
  }
  return sizeBytes;
}

function sortedByBytes(attributes: MessageAttributes): [Buffer, MessageAttribute][] {
  return Object.entries(attributes)
    .map(([name, attribute]): [Buffer, MessageAttribute] => [Buffer.from(name), attribute])
    .sort(([first], [second]) => Buffer.compare(first, second));
}
