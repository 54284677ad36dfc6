/** Says when something is not wanted any more. An `AbortSignal` is one; others cost less to make. */
export interface StopSign {
  readonly aborted: boolean;
  addEventListener(kind: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(kind: 'abort', listener: () => void): void;
}

/** Resolves when it is not wanted any more. */
export function stopped(sign: StopSign): Promise<void> {
  return new Promise((resolve) => {
    if (sign.aborted) resolve();
    else sign.addEventListener('abort', () => resolve(), { once: true });
  });
}
