import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BPF, VERDICT, seccompProgram } from './seccomp.ts';
import { ARM64_ALLOWED, ARM64_CONDITIONAL, ARM64_SYNCING } from './syscalls-arm64.ts';
import { X64_ALLOWED, X64_CONDITIONAL, X64_SYNCING } from './syscalls-x64.ts';

const EPERM = VERDICT.error | 1;
const ENOSYS = VERDICT.error | 38;
const EPROTONOSUPPORT = VERDICT.error | 93;
const EAFNOSUPPORT = VERDICT.error | 97;

const MACHINES = [
  {
    name: 'x64',
    audit: 0xc000_003e,
    allowed: X64_ALLOWED,
    conditional: X64_CONDITIONAL,
    syncing: X64_SYNCING,
    refused: {
      ptrace: 101,
      mount: 165,
      unshare: 272,
      keyctl: 250,
      setns: 308,
      bpf: 321,
      io_uring_setup: 425,
    },
  },
  {
    name: 'arm64',
    audit: 0xc000_00b7,
    allowed: ARM64_ALLOWED,
    conditional: ARM64_CONDITIONAL,
    syncing: ARM64_SYNCING,
    refused: { mount: 40, unshare: 97, ptrace: 117, keyctl: 219, setns: 268, bpf: 280, io_uring_setup: 425 },
  },
] as const;

for (const { name, audit, allowed, conditional, syncing, refused } of MACHINES) {
  describe(`the filter of system calls on ${name}`, () => {
    const ask = (number: number, ...words: number[]): number => answerOf(name, audit, number, words);

    test('every call of the list is allowed, and the numbers around the list are not', () => {
      const known = new Set<number>([allowed, conditional, syncing].flatMap((table) => Object.values(table)));
      for (const number of Object.values(allowed)) assert.equal(ask(number), VERDICT.allow, String(number));
      for (let number = 0; number < 1000; number++) {
        if (!known.has(number)) assert.equal(ask(number), EPERM, String(number));
      }
    });

    for (const [call, number] of Object.entries(refused)) {
      test(`${call} is refused`, () => assert.equal(ask(number), EPERM));
    }

    test('clone makes threads and processes, but no namespace of any kind', () => {
      const thread = 0x003d_0f00;
      assert.equal(ask(conditional.clone, thread), VERDICT.allow);
      assert.equal(ask(conditional.clone, 17), VERDICT.allow);
      for (const bit of [17, 25, 26, 27, 28, 29, 30]) {
        assert.equal(ask(conditional.clone, thread | (2 ** bit)), EPERM, `bit ${bit}`);
      }
    });

    test('clone3, whose flags a filter cannot see, seems not to be there', () => {
      assert.equal(ask(conditional.clone3), ENOSYS);
    });

    test('sockets are unix, internet, and routing questions of netlink', () => {
      for (const family of [1, 2, 10]) assert.equal(ask(conditional.socket, family, 1, 0), VERDICT.allow);
      assert.equal(ask(conditional.socket, 16, 3, 0), VERDICT.allow);
      assert.equal(ask(conditional.socket, 16, 3, 9), EAFNOSUPPORT);
      for (const family of [17, 38, 40]) assert.equal(ask(conditional.socket, family, 3, 0), EAFNOSUPPORT);
    });

    test('of the internet protocols only those that programs use', () => {
      for (const family of [2, 10]) {
        for (const protocol of [0, 1, 6, 17, 58, 262])
          assert.equal(ask(conditional.socket, family, 1, protocol), VERDICT.allow, String(protocol));
        // DCCP, SCTP, UDP-Lite, raw.
        for (const protocol of [33, 132, 136, 255])
          assert.equal(ask(conditional.socket, family, 1, protocol), EPROTONOSUPPORT, String(protocol));
      }
    });

    test('no disk is made to write: what waits for one is done at once', () => {
      for (const [call, number] of Object.entries(syncing)) assert.equal(ask(number), VERDICT.error, call);
    });

    test('of what is no file only named pipes can be made', () => {
      const calls = [(mode: number) => ask(conditional.mknodat, 0, 0, mode)];
      if ('mknod' in conditional) calls.push((mode) => ask(conditional.mknod, 0, mode));
      for (const call of calls) {
        assert.equal(call(0x1000 | 0o644), VERDICT.allow);
        for (const type of [0, 0x2000, 0x4000, 0x6000, 0x8000, 0xa000, 0xc000, 0x3000, 0x7000, 0xf000]) {
          assert.equal(call(type | 0o644), EPERM, type.toString(16));
        }
      }
    });

    test('nothing is typed into a terminal, and the personality stays', () => {
      for (const request of [0x5412, 0x541c]) assert.equal(ask(conditional.ioctl, 0, request), EPERM);
      assert.equal(ask(conditional.ioctl, 0, 0x5401), VERDICT.allow);
      for (const value of [0, 0xffff_ffff]) assert.equal(ask(conditional.personality, value), VERDICT.allow);
      assert.equal(ask(conditional.personality, 0x0040_0000), EPERM);
    });

    test('calls of the x32 table are not there, and another processor ends the program', () => {
      assert.equal(ask(0x4000_0000), ENOSYS);
      assert.equal(answerOf(name, 0x4000_0003, 0, []), VERDICT.kill);
    });
  });
}

test('for other processors there is no filter', () => assert.equal(seccompProgram('riscv64'), undefined));

/** Runs the program as the kernel would, on a struct seccomp_data with these words. */
function answerOf(machine: string, audit: number, number: number, words: readonly number[]): number {
  const program = Buffer.from(seccompProgram(machine) ?? []);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(audit, 4);
  words.forEach((word, index) => data.writeUInt32LE(word >>> 0, 16 + index * 8));
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const code = program.readUInt16LE(at);
    const operand = program.readUInt32LE(at + 4);
    if (code === BPF.answer) return operand;
    if (code === BPF.loadWord) accumulator = data.readUInt32LE(operand);
    else at += 8 * program.readUInt8(at + (holds(code, accumulator, operand) ? 2 : 3));
  }
  throw new Error('the program ended without an answer');
}

function holds(code: number, accumulator: number, operand: number): boolean {
  if (code === BPF.jumpEqual) return accumulator === operand;
  if (code === BPF.jumpGreater) return accumulator > operand;
  if (code === BPF.jumpGreaterEqual) return accumulator >= operand;
  if (code === BPF.jumpSet) return (accumulator & operand) !== 0;
  throw new Error(`unknown instruction ${code}`);
}
