/** As AWS names the user of a function's processes. */
const NAME = 'sbx_user1051';

/** `/etc/passwd` of an environment: the user that its processes are, at home in /tmp, and the two that every machine has. */
export function passwdFile(uid: number, gid: number): string {
  return [
    `${NAME}:x:${uid}:${gid}::/tmp:/bin/sh`,
    'root:x:0:0:root:/:/bin/sh',
    'nobody:x:65534:65534:nobody:/:/bin/sh',
    '',
  ].join('\n');
}

/** `/etc/group` of an environment. */
export function groupFile(gid: number): string {
  return [`${NAME}:x:${gid}:`, 'root:x:0:', 'nogroup:x:65534:', ''].join('\n');
}
