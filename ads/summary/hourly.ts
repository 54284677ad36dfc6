const HOUR_MS = 3_600_000;

/** Compares the books once an hour; answers how to stop it. What fails is tried again an hour later. */
export function compareHourly(compare: () => Promise<unknown>): () => Promise<void> {
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(compare).then(
      () => undefined,
      () => undefined,
    );
  }, HOUR_MS);
  return async () => {
    clearInterval(timer);
    await round;
  };
}
