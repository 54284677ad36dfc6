const TRIES = 3;
/** The connection broke (after a freeze, a restart of the server), or two transactions met. */
const PASSING = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  '40001',
  '40P01',
  '57P01',
  '57P02',
]);

/** Runs idempotent work again when it failed for a reason that passes; three tries in all. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const isPassing = PASSING.has(codeOf(error)) || isRecordedMeanwhile(error);
      if (tried === TRIES || !isPassing) throw error;
    }
  }
}

/** True when the database refuses the data itself (classes 22 and 23): trying again cannot help. */
export function isBadData(error: unknown): error is Error {
  return error instanceof Error && /^2[23]...$/.test(codeOf(error));
}

/** Another transaction has recorded a click of the batch since it was opened: the next time it is known. */
function isRecordedMeanwhile(error: unknown): boolean {
  const key = error instanceof Error && 'constraint_name' in error ? String(error.constraint_name) : '';
  return codeOf(error) === '23505' && /^click_\w+_pkey$/.test(key);
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
