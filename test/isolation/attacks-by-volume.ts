import type { Attack } from './attack.ts';

/** What takes long because it is so much. */
export const VOLUME_ATTACKS: Readonly<Record<string, Attack>> = {
  'a shell prints more than two gigabytes': {
    // To the output of the runtime that has started it: what it prints itself is its answer.
    shell: `
      line=$(head -c 1000 /dev/zero | tr '\\0' x)
      yes "$line" | head -c 2200000000 >/proc/$PPID/fd/1; echo $?`,
    timeoutS: 150,
    comesTo: { code: 0, out: '0\n', err: '' },
  },
};
