import type postgres from 'postgres';
import { HEADERS } from './answer.ts';
import { LiveFigures, type Whose } from './live-figures.ts';
import type { Session } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { Visit } from './visit.ts';
import { Watchers } from './watchers.ts';

/** Live figures for who has signed in, as long as that lasts. */
export class Watching {
  readonly #live: LiveFigures;
  readonly #signIn: SignIn;
  readonly #watchers = new Watchers();

  constructor(sql: postgres.Sql, signIn: SignIn) {
    this.#live = new LiveFigures(sql);
    this.#signIn = signIn;
  }

  /** Answers with events until the visitor leaves, or its session ends, or `may` does not hold for it any more. */
  async watch(
    { request, response, token }: Visit,
    whose: Whose,
    may: (session: Session) => boolean,
  ): Promise<void> {
    const mayStill = async (): Promise<boolean> => {
      const found = await this.#signIn.find(request);
      return found !== undefined && may(found.session);
    };
    this.#watchers.add(token, response, mayStill);
    await this.#live.watch(whose, response, HEADERS);
  }

  /** Ends what that session watches. */
  end(token: string): void {
    this.#watchers.end(token);
  }

  /** Ends everything. */
  close(): Promise<void> {
    return this.#live.close();
  }
}
