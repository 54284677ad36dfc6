/** How a query is asked, when somebody waits for it. */
export type Ask = () => Promise<unknown>;

/** They would change a query that is never sent: another one is, made from the same words. */
const NOT_TAKEN = new Set<string | symbol>([
  'cursor',
  'forEach',
  'values',
  'raw',
  'simple',
  'describe',
  'execute',
]);

/**
 * The query `made`, usable as a part of other queries as before, but asked by `ask`, once: when somebody waits for it, or
 * at `execute`. What is no query (a name, a list of values) stays as it is.
 */
export function askedBy(made: unknown, ask: Ask): unknown {
  if (!(made instanceof Promise)) return made;
  let answer: Promise<unknown> | undefined;
  const query: unknown = new Proxy(made, {
    get: (target, name): unknown => {
      if (name === 'execute') {
        answer ??= ask();
        // Who executes it may fail before it waits for the answer.
        answer.catch(() => undefined);
        return () => query;
      }
      if (name === 'then' || name === 'catch' || name === 'finally') {
        answer ??= ask();
        return (answer[name] as (...words: unknown[]) => unknown).bind(answer);
      }
      if (NOT_TAKEN.has(name)) throw new Error(`Queries do not take ${String(name)} here.`);
      return Reflect.get(target, name) as unknown;
    },
  });
  return query;
}
