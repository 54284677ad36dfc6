import { readFileSync } from 'node:fs';

/** The user that PostgreSQL runs as, when it cannot be ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root: then it runs as `nobody`. As an ordinary user it simply runs as ourselves,
 * and the answer is undefined.
 */
export function serverAccount(): Account | undefined {
  return process.getuid?.() === 0 ? nobody(readFileSync('/etc/passwd', 'utf8')) : undefined;
}

/** The ids of `nobody`, by the text of `/etc/passwd`. */
export function nobody(passwd: string): Account {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  return { uid: Number(fields?.[2] ?? 65_534), gid: Number(fields?.[3] ?? 65_534) };
}
