import type postgres from 'postgres';
import { updateCampaign, type CampaignSettings } from '../ledger/campaigns.ts';
import { readDividedDays } from '../ledger/earnings.ts';
import { deposit, fundCampaign, withdrawFromCampaign, type Payment } from '../ledger/money.ts';
import { setShare, WHOLE_PPM } from '../ledger/shares.ts';
import { NotEnoughMoney } from '../ledger/transfer.ts';
import type { Reconciliation } from '../summary/reconcile.ts';
import { AdditionsDesk } from './additions-desk.ts';
import { sendJson, sendPage } from './answer.ts';
import { readHours } from './operator-figures.ts';
import { readFields, Refused, textField, wholeField } from './request.ts';
import { RulesDesk } from './rules-desk.ts';
import type { Visit } from './visit.ts';
import type { Watching } from './watching.ts';

/** What the operator's page needs of the running system. */
export interface Surroundings {
  /** Sends what waits in the outbox; what fails is sent later. */
  readonly tell?: () => Promise<unknown>;
  /** Compares the books with the channel, and keeps what it found. */
  readonly compare?: () => Promise<Reconciliation>;
}

type Fields = Readonly<Record<string, unknown>>;
type Answer = (fields: Fields, id: number) => Promise<unknown>;

const STATES: readonly string[] = ['active', 'paused', 'ended'];
/** A billion, in micro-units. */
const MOST_MICROS = 1e15;

/** What is asked below `/operator`. Whoever comes here is an operator. */
export class OperatorDoor {
  readonly #sql: postgres.Sql;
  readonly #watching: Watching;
  readonly #surroundings: Surroundings;
  readonly #changes: ReadonlyMap<string, Answer>;

  constructor(sql: postgres.Sql, watching: Watching, surroundings: Surroundings) {
    this.#sql = sql;
    this.#watching = watching;
    this.#surroundings = surroundings;
    const desk = new RulesDesk(sql);
    const additions = new AdditionsDesk(sql);
    this.#changes = new Map<string, Answer>([
      ['campaigns/N/refill', (fields, id) => this.#refill(id, fields)],
      ['campaigns/N/withdraw', (fields, id) => this.#withdraw(id, fields)],
      ['campaigns/N/state', (fields, id) => this.#setState(id, stateOf(fields))],
      ['publishers/N/state', (fields, id) => this.#setPublisherState(id, stateOf(fields))],
      ['publishers/N/share', (fields, id) => this.#setShare(id, fields)],
      ['campaigns', (fields) => additions.campaign(fields)],
      ['campaigns/N/ads', (fields, id) => additions.ad(id, fields)],
      ['campaigns/N/settings', (fields, id) => additions.settings(id, fields)],
      ['advertisers', (fields) => additions.advertiser(fields)],
      ['publishers', (fields) => additions.publisher(fields)],
      ['publishers/N/placements', (fields, id) => additions.placement(id, fields)],
      ['rules', (fields) => desk.draft(fields)],
      ['rules/N/activate', (_fields, id) => desk.activate(id)],
      ['what-if', (fields) => desk.preview(fields)],
      ['credits', (fields) => desk.credit(fields)],
      ['comparisons', () => this.#compare()],
    ]);
  }

  /** False when `asked`, a method and an address, is none of these. */
  async answer(visit: Visit, asked: string): Promise<boolean> {
    const { request, response } = visit;
    if (asked === 'GET /operator') {
      sendPage(response, 'operator.html');
      return true;
    }
    if (asked === 'GET /operator/live') {
      await this.#watching.watch(visit, 'operators', ({ user }) => user.role === 'operator');
      return true;
    }
    if (asked === 'GET /operator/hours') {
      sendJson(response, await readHours(this.#sql, Date.now()));
      return true;
    }
    if (asked === 'GET /operator/shares') {
      sendJson(response, await readDividedDays(this.#sql));
      return true;
    }
    const [, path = '', , id = '0'] = /^POST \/operator\/(\D+(\/(\d{1,9})\/\D+)?)$/.exec(asked) ?? [];
    const change = this.#changes.get(path.replace(/\/\d+\//, '/N/'));
    if (change === undefined) return false;
    const answer = await change(await readFields(request), Number(id));
    await this.#surroundings.tell?.().catch(() => undefined);
    sendJson(response, answer);
    return true;
  }

  /**
   * What is paid in goes to the campaign, or what the advertiser's wallet holds already (`from` is `wallet`); the same
   * `key` again moves nothing.
   */
  async #refill(campaignId: number, fields: Fields): Promise<{ readonly moved: boolean }> {
    const payment = paymentOf(campaignId, fields);
    const { from = 'payment' } = fields;
    if (from !== 'payment' && from !== 'wallet') throw new Refused(400, 'from is payment or wallet.');
    const advertiserId = await this.#advertiserOf(campaignId);
    if (from === 'payment') await deposit(this.#sql, advertiserId, payment);
    const moved = fundCampaign(this.#sql, campaignId, payment);
    return { moved: await enough(moved, 'The wallet of the advertiser holds less than that.') };
  }

  /** What the campaign has not spent goes back to the wallet of its advertiser; the same `key` again moves nothing. */
  async #withdraw(campaignId: number, fields: Fields): Promise<{ readonly moved: boolean }> {
    const payment = paymentOf(campaignId, fields);
    await this.#advertiserOf(campaignId);
    const moved = withdrawFromCampaign(this.#sql, campaignId, payment);
    return { moved: await enough(moved, 'Less than that is left in the budget of the campaign.') };
  }

  async #advertiserOf(campaignId: number): Promise<number> {
    const [campaign] = await this.#sql<{ advertiser: number }[]>`
      SELECT advertiser_id AS advertiser FROM campaign WHERE campaign_id = ${campaignId}`;
    if (campaign === undefined) throw new Refused(404, `There is no campaign ${campaignId}.`);
    return campaign.advertiser;
  }

  async #setState(campaignId: number, state: CampaignSettings['state']): Promise<object> {
    if (await updateCampaign(this.#sql, campaignId, { state })) return { state };
    throw new Refused(404, `There is no campaign ${campaignId}.`);
  }

  /** Ad servers see it when they next read what there is to show. */
  async #setPublisherState(publisherId: number, state: string): Promise<object> {
    const changed = await this.#sql`
      UPDATE publisher SET state = ${state} WHERE publisher_id = ${publisherId} RETURNING 1`;
    if (changed.length === 0) throw new Refused(404, `There is no publisher ${publisherId}.`);
    return { state };
  }

  /** Of all days that are not closed yet: what was divided stays as it was. */
  async #setShare(publisherId: number, fields: Fields): Promise<object> {
    const sharePpm = wholeField(fields, 'sharePpm', 0, WHOLE_PPM);
    if (await setShare(this.#sql, publisherId, sharePpm)) return { sharePpm };
    throw new Refused(404, `There is no publisher ${publisherId}.`);
  }

  async #compare(): Promise<Reconciliation> {
    const { compare } = this.#surroundings;
    if (compare === undefined) throw new Refused(409, 'The channel is not known here.');
    return compare();
  }
}

function stateOf({ state }: Fields): CampaignSettings['state'] {
  if (typeof state === 'string' && STATES.includes(state)) return state as CampaignSettings['state'];
  throw new Refused(400, 'state is active, paused or ended.');
}

/** The key goes with what is moved and where: a page that uses one twice, for another amount, moves that as well. */
function paymentOf(campaignId: number, fields: Fields): Payment {
  const key = textField(fields, 'key', 64);
  const amountMicros = wholeField(fields, 'amountMicros', 1, MOST_MICROS);
  return { key: `page:${campaignId}:${amountMicros}:${key}`, amountMicros };
}

async function enough<T>(moving: Promise<T>, otherwise: string): Promise<T> {
  return moving.catch((error: unknown) => {
    throw error instanceof NotEnoughMoney ? new Refused(409, otherwise) : error;
  });
}
