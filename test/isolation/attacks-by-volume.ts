import type { Attack } from './attack.ts';

/** What takes long because it is so much. */
export const VOLUME_ATTACKS: Readonly<Record<string, Attack>> = {
  'a program prints more than two gigabytes': {
    python: `
import subprocess
line = 'x' * 1000
result = subprocess.run(['/bin/sh', '-c', f'yes {line} | head -c 2200000000']).returncode`,
    timeoutS: 150,
    comesTo: 0,
  },
};
