import { ARM64_ALLOWED, ARM64_CONDITIONAL, ARM64_SYNCING } from './syscalls-arm64.ts';
import { X64_ALLOWED, X64_CONDITIONAL, X64_SYNCING } from './syscalls-x64.ts';

/** What differs between processors. */
interface Machine {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly auditArchitecture: number;
  readonly allowed: readonly number[];
  /** Calls that make memory which lives on unseen while no process has it in its address space. */
  readonly sharedMemory: readonly number[];
  /** Calls that wait until something is on a disk. */
  readonly syncing: readonly number[];
  readonly conditional: {
    readonly clone: number;
    readonly clone3: number;
    readonly socket: number;
    readonly ioctl: number;
    readonly personality: number;
    /** Not everywhere. */
    readonly mknod?: number;
    readonly mknodat: number;
  };
}

/** Instructions of classic BPF, as linux/bpf_common.h names them. */
export const BPF = {
  loadWord: 0x20,
  jumpEqual: 0x15,
  jumpGreater: 0x25,
  jumpGreaterEqual: 0x35,
  jumpSet: 0x45,
  answer: 0x06,
} as const;

/** What the filter answers: linux/seccomp.h; the error number stands in the low bits. */
export const VERDICT = { allow: 0x7fff_0000, kill: 0x8000_0000, error: 0x0005_0000 } as const;
/** Error number 0: the call is not made, and answers that all went well. */
const DONE = VERDICT.error;

const EPERM = 1;
const ENOSYS = 38;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;

/** Offsets in struct seccomp_data: the call's number, the processor, the low words of the first arguments. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const ARGUMENT = [16, 24, 32] as const;

/** Calls of the x32 table share the processor's word with x86-64 and differ by this bit. */
const X32_BIT = 0x4000_0000;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x7e02_0000;
/** S_IFIFO, and the other bits of S_IFMT. */
const NAMED_PIPE = 0x1000;
const OTHER_FILE_TYPES = 0xe000;
const FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;
/** Any of the type, ICMP, TCP, UDP, ICMPv6, and TCP over several paths, which Go's servers ask for. */
const INTERNET_PROTOCOLS = [0, 1, 6, 17, 58, 262] as const;
/** TIOCSTI and TIOCLINUX put characters into a terminal's input. */
const TERMINAL_INPUT = [0x5412, 0x541c] as const;

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    auditArchitecture: 0xc000_003e,
    allowed: Object.values(X64_ALLOWED),
    sharedMemory: [X64_ALLOWED.memfd_create, X64_ALLOWED.shmget],
    syncing: Object.values(X64_SYNCING),
    conditional: X64_CONDITIONAL,
  },
  arm64: {
    auditArchitecture: 0xc000_00b7,
    allowed: Object.values(ARM64_ALLOWED),
    sharedMemory: [ARM64_ALLOWED.memfd_create, ARM64_ALLOWED.shmget],
    syncing: Object.values(ARM64_SYNCING),
    conditional: ARM64_CONDITIONAL,
  },
};

/**
 * The filter for `bwrap --seccomp`: a list of what is allowed, everything else fails with EPERM. `clone3` fails with
 * ENOSYS, so that the C library falls back to `clone`, whose flags a filter can see. Without `hasSharedMemory` so do the calls
 * for memory that only a control group can count. Calls that wait for a disk are done at once: all that an environment writes is
 * in memory, and a disk that is made to write all the time is slow for everybody. Undefined for other processors.
 */
export function seccompProgram(architecture: string, hasSharedMemory = true): Uint8Array | undefined {
  const machine = MACHINES[architecture];
  return machine === undefined ? undefined : assemble(instructions(machine, hasSharedMemory));
}

interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly operand: number;
}

function instructions(
  { auditArchitecture, allowed, conditional, sharedMemory, syncing }: Machine,
  hasSharedMemory: boolean,
): Instruction[] {
  return [
    load(ARCHITECTURE),
    ...unless(BPF.jumpEqual, auditArchitecture, [answer(VERDICT.kill)]),
    load(NUMBER),
    ...when(BPF.jumpGreaterEqual, X32_BIT, [fail(ENOSYS)]),
    ...when(BPF.jumpEqual, conditional.clone3, [fail(ENOSYS)]),
    ...(hasSharedMemory ? [] : sharedMemory).flatMap((number) => when(BPF.jumpEqual, number, [fail(ENOSYS)])),
    ...syncing.flatMap((number) => when(BPF.jumpEqual, number, [answer(DONE)])),
    ...when(BPF.jumpEqual, conditional.clone, cloneRule()),
    ...when(BPF.jumpEqual, conditional.socket, socketRule()),
    ...when(BPF.jumpEqual, conditional.ioctl, ioctlRule()),
    ...when(BPF.jumpEqual, conditional.personality, personalityRule()),
    ...(conditional.mknod === undefined ? [] : when(BPF.jumpEqual, conditional.mknod, nodeRule(ARGUMENT[1]))),
    ...when(BPF.jumpEqual, conditional.mknodat, nodeRule(ARGUMENT[2])),
    ...ranges(allowed).flatMap(([least, most]) =>
      when(BPF.jumpGreaterEqual, least, unless(BPF.jumpGreater, most, [answer(VERDICT.allow)])),
    ),
    fail(EPERM),
  ];
}

function cloneRule(): Instruction[] {
  return [load(ARGUMENT[0]), ...when(BPF.jumpSet, NEW_NAMESPACES, [fail(EPERM)]), answer(VERDICT.allow)];
}

/** Unix and internet sockets; of netlink only routing questions (protocol 0), which the C library asks for addresses. */
function socketRule(): Instruction[] {
  const internet = [FAMILIES.inet, FAMILIES.inet6];
  return [
    load(ARGUMENT[0]),
    ...when(BPF.jumpEqual, FAMILIES.unix, [answer(VERDICT.allow)]),
    ...internet.flatMap((family) => when(BPF.jumpEqual, family, internetRule())),
    ...unless(BPF.jumpEqual, FAMILIES.netlink, [fail(EAFNOSUPPORT)]),
    load(ARGUMENT[2]),
    ...when(BPF.jumpEqual, 0, [answer(VERDICT.allow)]),
    fail(EAFNOSUPPORT),
  ];
}

/** The protocols that programs use: for each other one the kernel would fetch a module that nobody else has tried on this machine. */
function internetRule(): Instruction[] {
  const allowed = INTERNET_PROTOCOLS.flatMap((number) =>
    when(BPF.jumpEqual, number, [answer(VERDICT.allow)]),
  );
  return [load(ARGUMENT[2]), ...allowed, fail(EPROTONOSUPPORT)];
}

function ioctlRule(): Instruction[] {
  const refused = TERMINAL_INPUT.flatMap((request) => when(BPF.jumpEqual, request, [fail(EPERM)]));
  return [load(ARGUMENT[1]), ...refused, answer(VERDICT.allow)];
}

/** Named pipes, which `mkfifo` makes, and nothing else that is no file: no devices. */
function nodeRule(mode: number): Instruction[] {
  return [
    load(mode),
    ...when(BPF.jumpSet, OTHER_FILE_TYPES, [fail(EPERM)]),
    ...when(BPF.jumpSet, NAMED_PIPE, [answer(VERDICT.allow)]),
    fail(EPERM),
  ];
}

/** Asking for the personality, and the ordinary one, which language runtimes set again. */
function personalityRule(): Instruction[] {
  const allowed = [0, 0xffff_ffff].flatMap((value) => when(BPF.jumpEqual, value, [answer(VERDICT.allow)]));
  return [load(ARGUMENT[0]), ...allowed, fail(EPERM)];
}

/** The instructions follow only when the test holds; else they are jumped over. */
function when(code: number, operand: number, then: readonly Instruction[]): Instruction[] {
  return [{ code, ifTrue: 0, ifFalse: then.length, operand }, ...then];
}

/** The instructions follow only when the test does not hold. */
function unless(code: number, operand: number, then: readonly Instruction[]): Instruction[] {
  return [{ code, ifTrue: then.length, ifFalse: 0, operand }, ...then];
}

function load(offset: number): Instruction {
  return { code: BPF.loadWord, ifTrue: 0, ifFalse: 0, operand: offset };
}

function answer(verdict: number): Instruction {
  return { code: BPF.answer, ifTrue: 0, ifFalse: 0, operand: verdict };
}

function fail(errorNumber: number): Instruction {
  return answer(VERDICT.error | errorNumber);
}

/** The numbers as ranges without gaps, in rising order. */
function ranges(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers.toSorted((first, second) => first - second)) {
    const last = found.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** struct sock_filter, little endian: u16 code, u8 jump if true, u8 jump if false, u32 operand. */
function assemble(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, ifTrue, ifFalse, operand }, index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(operand >>> 0, index * 8 + 4);
  });
  return bytes;
}
