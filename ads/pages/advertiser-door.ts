import type postgres from 'postgres';
import { HEADERS, sendPage } from './answer.ts';
import { LiveStatistics } from './live-statistics.ts';
import { Refused } from './request.ts';
import type { Session } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { Visit } from './visit.ts';
import type { Watchers } from './watchers.ts';

/** What is asked about one advertiser: `/advertiser/N` and below. Its own users may, and operators. */
export class AdvertiserDoor {
  readonly #watchers: Watchers;
  readonly #signIn: SignIn;
  readonly #live: LiveStatistics;

  constructor(sql: postgres.Sql, watchers: Watchers, signIn: SignIn) {
    this.#watchers = watchers;
    this.#signIn = signIn;
    this.#live = new LiveStatistics(sql);
  }

  /** Ends all live connections. */
  close(): void {
    this.#live.close();
  }

  /** False when the address is none of these. What is somebody else's is refused as if it did not exist. */
  async answer(visit: Visit): Promise<boolean> {
    const [, number, what = ''] = /^\/advertiser\/(\d{1,9})(?:\/([\w.-]+))?$/.exec(visit.url.pathname) ?? [];
    if (number === undefined || visit.request.method === 'POST') return false;
    const id = Number(number);
    if (!maySee(visit.session, id)) throw new Refused(404, 'There is nothing at this address.');
    switch (what) {
      case '':
        sendPage(visit.response, 'statistics.html');
        return true;
      case 'live':
        await this.#watch(visit, id);
        return true;
      default:
        return false;
    }
  }

  async #watch({ request, response, token }: Visit, id: number): Promise<void> {
    const mayStill = async (): Promise<boolean> => {
      const found = await this.#signIn.find(request);
      return found !== undefined && maySee(found.session, id);
    };
    this.#watchers.add(token, response, mayStill);
    await this.#live.watch(id, response, HEADERS);
  }
}

/** Whether somebody may see that advertiser. */
function maySee({ user }: Session, advertiserId: number): boolean {
  return user.role === 'operator' || user.advertiserId === advertiserId;
}
