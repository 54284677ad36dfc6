/** How {@link scopeProgram} ends when the kernel cannot do what it asks for. */
export const NOT_SCOPED = 96;

/** What differs between processors. */
interface Machine {
  /** EM_… of elf.h. */
  readonly elfMachine: number;
  readonly code: Uint8Array;
}

/**
 * struct landlock_ruleset_attr: no file access and no port is handled; what is scoped is LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET:
 * connections to abstract sockets of processes that are not behind the same wall.
 */
const RULESET = [0n, 0n, 1n] as const;
const RULESET_BYTES = 8 * RULESET.length;

/** Where the program stands in memory, and how large the ELF header and its one program header are. */
const LOAD_ADDRESS = 0x40_0000n;
const HEADER_BYTES = 64 + 56;

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: { elfMachine: 62, code: x64Code() },
  arm64: { elfMachine: 183, code: arm64Code() },
};

/**
 * An executable of some 200 bytes: `scope PROGRAM WORDS…` walls itself off from the machine's abstract Unix sockets, which
 * no namespace but the network's separates, and becomes the program. Landlock can do that from Linux 6.12 on; without it,
 * the program is not run. Undefined for other processors.
 *
 * No command of an ordinary machine offers this, and what is needed is three system calls: hence machine code.
 */
export function scopeProgram(architecture: string): Uint8Array | undefined {
  const machine = MACHINES[architecture];
  return machine === undefined ? undefined : executable(machine);
}

/** linux/landlock.h by rax: 444 landlock_create_ruleset, 446 landlock_restrict_self; 59 execve, 60 exit. */
function x64Code(): Uint8Array {
  return Uint8Array.from([
    ...[0xb8, 0xbc, 0x01, 0x00, 0x00], //             mov   eax, 444
    ...[0x48, 0x8d, 0x3d, 0x3a, 0x00, 0x00, 0x00], // lea   rdi, [rip + ruleset]
    ...[0xbe, RULESET_BYTES, 0x00, 0x00, 0x00], //    mov   esi, its size
    ...[0x31, 0xd2], //                               xor   edx, edx
    ...[0x0f, 0x05], //                               syscall
    ...[0x85, 0xc0], //                               test  eax, eax
    ...[0x78, 0x25], //                               js    fail
    ...[0x89, 0xc7], //                               mov   edi, eax
    ...[0xb8, 0xbe, 0x01, 0x00, 0x00], //             mov   eax, 446
    ...[0x31, 0xf6], //                               xor   esi, esi
    ...[0x0f, 0x05], //                               syscall
    ...[0x85, 0xc0], //                               test  eax, eax
    ...[0x75, 0x16], //                               jnz   fail
    ...[0x48, 0x8b, 0x04, 0x24], //                   mov   rax, [rsp]            argc
    ...[0x48, 0x8d, 0x74, 0x24, 0x10], //             lea   rsi, [rsp + 16]       argv from its second word
    ...[0x48, 0x8b, 0x3e], //                         mov   rdi, [rsi]
    ...[0x48, 0x8d, 0x54, 0xc4, 0x10], //             lea   rdx, [rsp + rax*8 + 16]  the variables
    ...[0x6a, 0x3b, 0x58], //                         push  59; pop rax
    ...[0x0f, 0x05], //                               syscall
    ...[0x6a, NOT_SCOPED, 0x5f], //             fail: push  96; pop rdi
    ...[0x6a, 0x3c, 0x58], //                         push  60; pop rax
    ...[0x0f, 0x05], //                               syscall
  ]);
}

/** The same by x8: 221 execve, 93 exit. */
function arm64Code(): Uint8Array {
  const move = (register: number, value: number): number => (0xd280_0000 | (value << 5) | register) >>> 0;
  const systemCall = 0xd400_0001;
  const words = [
    0x1000_0280, //         adr   x0, ruleset: 20 instructions on
    move(1, RULESET_BYTES),
    move(2, 0),
    move(8, 444),
    systemCall,
    0x37f8_0000 | (11 << 5), // tbnz  w0, 31, fail
    move(1, 0),
    move(8, 446),
    systemCall,
    0x3500_0000 | (7 << 5), //  cbnz  w0, fail
    0xf940_03e9, //         ldr   x9, [sp]              argc
    0x9100_43e1, //         add   x1, sp, 16            argv from its second word
    0xf940_0020, //         ldr   x0, [x1]
    0x8b09_0c22, //         add   x2, x1, x9, lsl 3     the variables
    move(8, 221),
    systemCall,
    move(0, NOT_SCOPED), // fail:
    move(8, 93),
    systemCall,
    0xd503_201f, //         nop
  ];
  const code = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => code.writeUInt32LE(word >>> 0, index * 4));
  return code;
}

/** A static ELF file: header, one segment that is the whole file, the code, the ruleset behind it. */
function executable({ elfMachine, code }: Machine): Uint8Array {
  const sizeBytes = HEADER_BYTES + code.length + RULESET_BYTES;
  const file = Buffer.alloc(sizeBytes);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(elfMachine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(LOAD_ADDRESS + BigInt(HEADER_BYTES), 24);
  file.writeBigUInt64LE(64n, 32);
  [64, 56, 1].forEach((value, index) => file.writeUInt16LE(value, 52 + index * 2));
  // PT_LOAD, readable and executable.
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(5, 68);
  file.writeBigUInt64LE(LOAD_ADDRESS, 80);
  file.writeBigUInt64LE(LOAD_ADDRESS, 88);
  file.writeBigUInt64LE(BigInt(sizeBytes), 96);
  file.writeBigUInt64LE(BigInt(sizeBytes), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  file.set(code, HEADER_BYTES);
  RULESET.forEach((value, index) => file.writeBigUInt64LE(value, HEADER_BYTES + code.length + index * 8));
  return file;
}
