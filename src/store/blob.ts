/** Uploaded packages, each under the SHA-256 of its bytes. Every answer means synced to disk. */
export interface BlobStore {
  /** Keeps `bytes` and answers their SHA-256 in hex; keeping the same bytes again is harmless. A full disk: `DiskFullError`. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, or undefined when nothing is kept under this hash. */
  read(sha256: string): Promise<Uint8Array | undefined>;
  /** Forgets the bytes under this hash, if there are any. */
  remove(sha256: string): Promise<void>;
  /** Forgets all but these: a kill may have come before anybody named what was kept, or after nobody did any more. */
  keepOnly(wanted: ReadonlySet<string>): Promise<void>;
}
