import { CLIENT_LIBRARY, LIBRARY_PROPERTY } from './java-library.ts';
import { RUNTIME_ROOT } from './runtime.ts';

/** What a JVM itself takes beside its heap: its code, what is compiled, class data, stacks. */
const OWN_MB = 56;
const OWN_SHARE = 0.15;
const LEAST_HEAP_MB = 32;
/** The heap at its start: enough that loading a function collects no garbage. */
const FIRST_HEAP_SHARE = 0.25;

interface OwnOption {
  readonly word: string;
  /** Options of the owner in whose presence this one stays away: they decide the same. */
  readonly yieldsTo: RegExp;
}

/**
 * The JVM's options for a function: a heap that leaves room for the rest of the JVM within the function's memory, the
 * collector and the compiler that start fastest. `ownersOptions` are the texts of the variables by which a JVM is given
 * more options; what they decide is left to them.
 */
export function jvmOptions(
  javaMajor: number,
  memorySizeMb: number,
  ownersOptions: readonly (string | undefined)[],
): string[] {
  const theirs = ownersOptions.flatMap((text) => text?.split(/\s+/) ?? []);
  const loadsLibraries = javaMajor < WARNS_OF_LIBRARIES ? [] : [NATIVE_ACCESS];
  return [...ownOptions(memorySizeMb), LIBRARY, ...loadsLibraries]
    .filter(({ yieldsTo }) => !theirs.some((option) => yieldsTo.test(option)))
    .map(({ word }) => word);
}

const LIBRARY: OwnOption = {
  word: `-D${LIBRARY_PROPERTY}=${RUNTIME_ROOT}/lib/${CLIENT_LIBRARY}`,
  yieldsTo: new RegExp(`^-D${RegExp.escape(LIBRARY_PROPERTY)}=`),
};

/** AWS's client has a library of its own: this Java prints four lines about that at every start, unless it is allowed. */
const WARNS_OF_LIBRARIES = 24;
const NATIVE_ACCESS: OwnOption = {
  word: '--enable-native-access=ALL-UNNAMED',
  yieldsTo: /^--(enable|illegal)-native-access/,
};

function ownOptions(memorySizeMb: number): readonly OwnOption[] {
  const heapMb = Math.max(Math.floor(memorySizeMb * (1 - OWN_SHARE) - OWN_MB), LEAST_HEAP_MB);
  const firstHeapMb = Math.floor(heapMb * FIRST_HEAP_SHARE);
  const heap = /^-(Xmx|Xms|Xmn|XX:(Max|Initial|Min)?(HeapSize|RAM|RAMPercentage|RAMFraction|NewSize)=)/;
  return [
    { word: `-Xms${firstHeapMb}m`, yieldsTo: heap },
    { word: `-Xmx${heapMb}m`, yieldsTo: heap },
    { word: '-XX:+UseSerialGC', yieldsTo: /^-XX:\+Use\w+GC$/ },
    // One compiler, whose code is ready soon: most environments do not live long enough for the better one.
    { word: '-XX:TieredStopAtLevel=1', yieldsTo: /^-(XX:[+-]?TieredCompilation|XX:TieredStopAtLevel=|Xint)/ },
    { word: '-XX:-UsePerfData', yieldsTo: /^-XX:[+-]UsePerfData$/ },
    { word: '-Djava.io.tmpdir=/tmp', yieldsTo: /^-Djava\.io\.tmpdir=/ },
  ];
}
