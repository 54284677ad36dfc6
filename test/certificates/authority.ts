import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../src/base/clock.ts';
import { madeCa, madeCertificate, type Issued } from './certificate.ts';

/** A CA of the tests and the files that a platform is started with. */
export class Authority {
  readonly #ca: Issued;
  readonly #folder: string;
  readonly #nowMs = new SystemClock().nowMs();

  /** Writes into an existing folder. */
  constructor(folder: string) {
    this.#ca = madeCa(this.#nowMs);
    this.#folder = folder;
    this.#write('ca.pem', this.#ca.cert);
  }

  get caFile(): string {
    return join(this.#folder, 'ca.pem');
  }

  get caCert(): string {
    return this.#ca.cert;
  }

  /** Writes a new certificate for this machine and its key over the former. */
  issue({ name = 'server', endsInMs = 3_600_000 } = {}): {
    readonly certFile: string;
    readonly keyFile: string;
  } {
    const [beginsAtMs, endsAtMs] = [this.#nowMs - 86_400_000, this.#nowMs + endsInMs];
    const { cert, key } = madeCertificate(this.#ca, { name, beginsAtMs, endsAtMs });
    return { keyFile: this.#write('key.pem', key), certFile: this.#write('cert.pem', cert) };
  }

  #write(name: string, pem: string): string {
    writeFileSync(join(this.#folder, name), pem, { mode: 0o600 });
    return join(this.#folder, name);
  }
}
