/** Whose processes environments are. */
export type Identity =
  /** The platform is root: each environment gets a user id of its own, which nobody else on the machine has. */
  | {
      readonly kind: 'own-user';
      readonly take: () => number;
      readonly giveBack: (uid: number) => void;
      readonly inUse: () => number;
    }
  /** The platform is an ordinary user: so are its environments, each in a user namespace. */
  | { readonly kind: 'same-user' };

const FIRST_UID = 700_000;
const UID_COUNT = 60_000;

/** User ids for environments, each given to one at a time; the one free for longest comes first. */
export function ownUsers(): Identity {
  const used = new Set<number>();
  let next = 0;
  const take = (): number => {
    for (let tries = 0; tries < UID_COUNT; tries += 1) {
      const uid = FIRST_UID + next;
      next = (next + 1) % UID_COUNT;
      if (used.has(uid)) continue;
      used.add(uid);
      return uid;
    }
    throw new Error('more environments than user ids');
  };
  return { kind: 'own-user', take, giveBack: (uid) => void used.delete(uid), inUse: () => used.size };
}

/** True for user ids that only environments have. */
export function isEnvironmentUid(uid: number): boolean {
  return uid >= FIRST_UID && uid < FIRST_UID + UID_COUNT;
}
