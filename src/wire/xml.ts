/** How lists and maps are spelled in an answer: each element by itself, under a name of its own. */
export interface ElementNames {
  /** Lists by member: the name of one element. */
  readonly lists: Readonly<Record<string, string>>;
  /** Maps by member: the names of one entry, its key and its value. */
  readonly maps: Readonly<Record<string, readonly [entry: string, key: string, value: string]>>;
  /** Members that are called otherwise where the answer is JSON. */
  readonly inJson: Readonly<Record<string, string>>;
}

/** The characters that XML 1.0 cannot say at all, not even escaped. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const UNSAYABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const SPECIAL = /[&<>"\r]/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader of XML turns a bare carriage return into a line feed, and the digest of the body is wrong.
  '\r': '&#xD;',
};

/** A text as the content of an element; what XML cannot say becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(UNSAYABLE, '\uFFFD')
    .replaceAll(SPECIAL, (character) => ESCAPED[character] ?? character);
}

/** Members as elements, in their order; absent ones are left out. Lists and maps are flattened. */
export function xmlMembers(members: Readonly<Record<string, unknown>>, names: ElementNames): string {
  let xml = '';
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) xml += member(name, value, names);
  }
  return xml;
}

/** An element with content that is XML already. */
export function xmlElement(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function member(name: string, value: unknown, names: ElementNames): string {
  if (Array.isArray(value)) {
    const element = names.lists[name] ?? name;
    return value.map((item) => xmlElement(element, content(item, names))).join('');
  }
  const map = names.maps[name];
  if (map === undefined) return xmlElement(name, content(value, names));
  const [entry, keyName, valueName] = map;
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .map(([key, item]) =>
      xmlElement(entry, xmlElement(keyName, xmlText(key)) + xmlElement(valueName, content(item, names))),
    )
    .join('');
}

function content(value: unknown, names: ElementNames): string {
  if (typeof value === 'object' && value !== null) {
    return xmlMembers(value as Readonly<Record<string, unknown>>, names);
  }
  return xmlText(String(value));
}
