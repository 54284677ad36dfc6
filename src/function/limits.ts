/** The largest zip that may be uploaded in a request (AWS: 50 MB). */
export const LARGEST_ZIP_BYTES = 52_428_800;

/** The largest package once unpacked (AWS: 250 MB). */
export const LARGEST_UNPACKED_BYTES = 262_144_000;

/** The largest answer of an invocation: 6 MiB and 100 bytes, as AWS does in practice. */
export const LARGEST_ANSWER_BYTES = 6_291_556;

/** The largest answer that comes in pieces (AWS: 200 MB). */
export const LARGEST_STREAM_BYTES = 209_715_200;

/** How long one invocation may take (AWS: 30 minutes; its functions on instances of their own, which are not here, longer). */
export const LONGEST_TIMEOUT_S = 1800;

/** How long the code may take to load before its first invocation. */
export const INIT_LIMIT_MS = 10_000;

/** The same for an environment that is to stand ready before anybody asks. */
export const PROVISIONED_INIT_LIMIT_MS = 900_000;

/** The memory with which a function has one core, in MB; it has more or less of it in proportion, as on AWS. */
export const MEMORY_OF_ONE_CORE_MB = 1769;

/** Files and folders in one package; AWS names no number, a guard against archives made to hurt. */
export const MOST_PACKAGE_ENTRIES = 100_000;
