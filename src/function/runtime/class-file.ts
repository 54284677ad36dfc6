/** What the head of a compiled class says. Names are as inside class files: `example/Orders`. */
export interface ClassFile {
  readonly name: string;
  readonly superName: string | undefined;
  readonly interfaces: readonly string[];
  /** 61 for Java 17; {@link javaOf} tells which Java reads it. */
  readonly majorVersion: number;
  /** Neither an interface nor abstract: objects of it can be made. */
  readonly isConcrete: boolean;
}

const MAGIC = 0xcafebabe;
const INTERFACE_OR_ABSTRACT = 0x0600;
const UTF8 = 1;
const CLASS = 7;
/** Bytes of an entry of the constant pool behind its tag (JVM specification, 4.4), but for texts. */
const ENTRY_BYTES: Readonly<Record<number, number>> = {
  ...{ 3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4 },
  ...{ 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2 },
};
const TAKES_TWO_PLACES: ReadonlySet<number> = new Set([5, 6]);

/** The first version of Java that reads class files of this version. */
export function javaOf(majorVersion: number): number {
  return majorVersion - 44;
}

/** The version of a class file from its first eight bytes; undefined when it is none. */
export function classFileVersion(bytes: Uint8Array): number | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(0) === MAGIC ? view.getUint16(6) : undefined;
}

/** Reads a class file up to its interfaces; undefined when it is none, or is cut off. */
export function readClassFile(bytes: Uint8Array): ClassFile | undefined {
  const majorVersion = classFileVersion(bytes);
  if (majorVersion === undefined) return undefined;
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { names, end } = readPool(view);
    const isConcrete = (view.getUint16(end) & INTERFACE_OR_ABSTRACT) === 0;
    const nameAt = (offset: number): string | undefined => names.get(view.getUint16(offset));
    const count = view.getUint16(end + 6);
    const interfaces = Array.from({ length: count }, (_, index) => nameAt(end + 8 + 2 * index) ?? '');
    return { name: nameAt(end + 2) ?? '', superName: nameAt(end + 4), interfaces, majorVersion, isConcrete };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The names of the classes in the constant pool by their place, and where the pool ends. */
function readPool(view: DataView): { readonly names: ReadonlyMap<number, string>; readonly end: number } {
  const texts = new Map<number, string>();
  const classes = new Map<number, number>();
  const count = view.getUint16(8);
  let at = 10;
  for (let place = 1; place < count; place += 1) {
    const tag = view.getUint8(at);
    if (tag === UTF8) texts.set(place, textAt(view, at));
    if (tag === CLASS) classes.set(place, view.getUint16(at + 1));
    const entryBytes = tag === UTF8 ? 2 + view.getUint16(at + 1) : ENTRY_BYTES[tag];
    if (entryBytes === undefined) throw new RangeError(`constant of kind ${tag}`);
    at += 1 + entryBytes;
    if (TAKES_TWO_PLACES.has(tag)) place += 1;
  }
  const names = [...classes].map(([place, text]) => [place, texts.get(text) ?? ''] as const);
  return { names: new Map(names), end: at };
}

function textAt(view: DataView, at: number): string {
  return Buffer.from(view.buffer, view.byteOffset + at + 3, view.getUint16(at + 1)).toString('utf8');
}
