import type { MessageAttribute, MessageAttributes } from '../../message/attribute.ts';
import { MESSAGE_ATTRIBUTES } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';
import { refuseForbidden } from './message-body.ts';

const NONE: MessageAttributes = Object.freeze({});
const NAME = /^[A-Za-z0-9_.-]+$/;
const RESERVED = /^(aws|amazon)\./i;
const TYPE = /^(String|Number|Binary)(\..+)?$/s;

/** The user's attributes of a message to send. */
export function readMessageAttributes(input: Input): MessageAttributes {
  const given = input.map('MessageAttributes');
  if (given === undefined || given.length === 0) return NONE;
  if (given.length > MESSAGE_ATTRIBUTES) {
    return invalid(`Number of message attributes [${given.length}] exceeds the allowed maximum [10].`);
  }
  return Object.fromEntries(given.map(([name, member]) => [checkedName(name), readAttribute(name, member)]));
}

/** One attribute: `{DataType, StringValue}` or `{DataType, BinaryValue}`. */
export function readAttribute(name: string, member: Input): MessageAttribute {
  const dataType = member.text('DataType') ?? '';
  if (dataType === '')
    return invalid(`The message attribute '${name}' must contain non-empty message attribute type.`);
  if (dataType.length > 256) return invalid('Message (user) attribute types must be shorter than 256 Bytes');
  refuseForbidden(dataType, 'type of a message attribute');
  refuseLists(member);
  const logicalType = TYPE.exec(dataType)?.[1];
  if (logicalType === undefined) {
    return invalid(
      `The message attribute '${name}' has an invalid message attribute type, ` +
        'the set of supported type prefixes is Binary, Number, and String.',
    );
  }
  if (logicalType === 'Binary') {
    const binaryValue = member.bytes('BinaryValue');
    return binaryValue?.length ? { dataType, binaryValue } : empty(name, logicalType);
  }
  const stringValue = member.text('StringValue');
  if (!stringValue) return empty(name, logicalType);
  refuseForbidden(stringValue, 'value of a message attribute');
  if (logicalType === 'Number' && !isNumber(stringValue)) {
    return invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { dataType, stringValue };
}

/** The attributes that a receiver asked for: by name, all of them (`All`, `.*`, `*`), or by prefix (`foo.*`). */
export function pickAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const names = Object.keys(attributes);
  const picked = names.filter((name) => wanted.some((pattern) => isWanted(name, pattern)));
  if (picked.length === names.length) return attributes;
  return Object.fromEntries(picked.map((name) => [name, attributes[name] as MessageAttribute]));
}

/** Attributes as an answer carries them; undefined when there are none. */
export function writeAttributes(
  attributes: MessageAttributes,
): Readonly<Record<string, unknown>> | undefined {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([name, attribute]) => [
      name,
      'stringValue' in attribute
        ? { StringValue: attribute.stringValue, DataType: attribute.dataType }
        : {
            BinaryValue: Buffer.from(attribute.binaryValue).toString('base64'),
            DataType: attribute.dataType,
          },
    ]),
  );
}

/** SQS has lists of values in its model, and takes none. */
function refuseLists(member: Input): void {
  const lists = [member.textList('StringListValues'), member.textList('BinaryListValues')];
  if (lists.every((list) => list === undefined || list.length === 0)) return;
  refuse({
    kind: 'unsupported',
    what: 'Message attribute list values in SendMessage operation are not supported.',
  });
}

/** `foo.*` is what begins with `foo`; a lone `*` is all, which AWS does not document. */
function isWanted(name: string, pattern: string): boolean {
  if (pattern === 'All' || pattern === '*') return true;
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : name === pattern;
}

function checkedName(name: string): string {
  if (name === '') return invalid('The request must contain non-empty message (user) attribute names.');
  if (name.length > 256) return invalid('Message (user) attribute names must be shorter than 256 Bytes');
  if (!NAME.test(name)) {
    // As AWS says it, with the space at its end.
    return invalid(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, ' +
        'hyphens and underscores. ',
    );
  }
  if (RESERVED.test(name) || name.startsWith('.') || name.endsWith('.')) {
    return invalid(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for " +
        "internal use. Additionally, they cannot start or end with '.'.",
    );
  }
  if (!name.includes('..')) return name;
  return invalid("Message (user) attribute name must not have successive '.' characters.");
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text);
}

function empty(name: string, type: string): never {
  return invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`);
}

function invalid(message: string): never {
  return refuse({ kind: 'invalid-parameter', message });
}
