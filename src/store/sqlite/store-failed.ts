/** The store cannot go on, and nothing that waited for it is known to be durable. Never caught to try again. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError';
}
