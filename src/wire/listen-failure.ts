/** Why a server does not listen; `what` is a sentence that says what to do. */
export interface ListenFailure {
  readonly kind: 'port-taken' | 'not-listening';
  readonly what: string;
}

/** The failure behind an error of `listen`. */
export function listenFailure(error: NodeJS.ErrnoException, address: string, port: number): ListenFailure {
  if (error.code === 'EADDRINUSE') {
    return {
      kind: 'port-taken',
      what: `Port ${port} of ${address} is taken: stop the program that uses it, or choose another with --port.`,
    };
  }
  const reasons: Record<string, string> = {
    EACCES: `Port ${port} may not be opened by this user: choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${address} is no address of this machine: choose another with --listen.`,
  };
  const what = reasons[error.code ?? ''] ?? `Cannot listen on ${address} port ${port}: ${error.message}.`;
  return { kind: 'not-listening', what };
}
