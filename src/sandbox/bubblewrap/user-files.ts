import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoomyFolder } from '../../base/roomy-folder.ts';

/** As AWS names the user of a function's processes. */
const NAME = 'sbx_user1051';

/** Where the files of one user are on this machine. */
export interface UserFilePaths {
  readonly passwd: string;
  readonly group: string;
}

/** `/etc/passwd` and `/etc/group` as environments see them, in folders of the platform. */
export class UserFiles {
  readonly #folder: Pick<RoomyFolder, 'current'>;
  readonly #made = new Map<number | undefined, Promise<UserFilePaths>>();

  constructor(folder: Pick<RoomyFolder, 'current'>) {
    this.#folder = folder;
  }

  /** Those of a user id that is its own group as well; of the platform's user when it is undefined. */
  of(uid: number | undefined): Promise<UserFilePaths> {
    const known = this.#made.get(uid);
    if (known !== undefined) return known;
    const made = this.#make(uid);
    this.#made.set(uid, made);
    made.catch(() => this.#made.delete(uid));
    return made;
  }

  /** The user's last environment is gone: so are its files. Those of the platform's own user stay, for all have them. */
  async drop(uid: number | undefined): Promise<void> {
    const made = uid === undefined ? undefined : await this.#made.get(uid)?.catch(() => undefined);
    if (made === undefined) return;
    this.#made.delete(uid);
    await Promise.all([made.passwd, made.group].map((path) => rm(path, { force: true })));
  }

  async #make(uid: number | undefined): Promise<UserFilePaths> {
    const user = uid ?? process.getuid?.() ?? 0;
    const gid = uid ?? process.getgid?.() ?? 0;
    const folder = this.#folder.current;
    const paths = { passwd: join(folder, `passwd-${user}`), group: join(folder, `group-${gid}`) };
    writeFileSync(paths.passwd, passwdFile(user, gid));
    writeFileSync(paths.group, groupFile(gid));
    return paths;
  }
}

/** The user that the processes are, at home in /tmp, and the two that every machine has. */
function passwdFile(uid: number, gid: number): string {
  return [
    `${NAME}:x:${uid}:${gid}::/tmp:/bin/sh`,
    'root:x:0:0:root:/:/bin/sh',
    'nobody:x:65534:65534:nobody:/:/bin/sh',
    '',
  ].join('\n');
}

function groupFile(gid: number): string {
  return [`${NAME}:x:${gid}:`, 'root:x:0:', 'nogroup:x:65534:', ''].join('\n');
}
