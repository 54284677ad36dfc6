import type postgres from 'postgres';
import { parseRules, UnknownRules } from '../click-processor/rules.ts';
import { creditClicks, type Credited } from '../ledger/credits.ts';
import { activateRules, draftRules, readRuleSets } from '../ledger/rules.ts';
import { whatIf, type WhatIf } from '../ledger/what-if.ts';
import { Refused, textField, wholeField } from './request.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a version of the rules would have said of a time, as the page shows it. */
export interface Preview {
  readonly version: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** How many clicks were judged again. */
  readonly clicks: number;
  readonly wouldCount: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly credits: Credited;
  readonly byCampaign: readonly (Credited & { readonly campaignId: number })[];
  /** The first clicks that would be credited. */
  readonly first: readonly {
    readonly clickId: string;
    readonly reason: string;
    readonly amountMicros: number;
  }[];
}

const MOST_SHOWN = 20;
const LATEST_MS = 8.64e15;

/** Where rules are drafted, tried on what is stored, put into force, and where the credits come from that follow. */
export class RulesDesk {
  readonly #sql: postgres.Sql;
  #busy = false;

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  /** Keeps a draft; rejects with Refused when it says what no rules say. */
  async draft(fields: Fields): Promise<{ version: number }> {
    const note = textField(fields, 'note', 200);
    try {
      return { version: await draftRules(this.#sql, { definition: fields['definition'] ?? {}, note }) };
    } catch (error) {
      throw error instanceof UnknownRules ? new Refused(400, error.message) : error;
    }
  }

  /** Puts a draft into force. */
  async activate(version: number): Promise<{ version: number }> {
    if (await activateRules(this.#sql, version)) return { version };
    throw new Refused(409, `Version ${version} is no draft.`);
  }

  /** Judges the stored clicks of a time again, and writes nothing. */
  async preview(fields: Fields): Promise<Preview> {
    return this.#alone(async () => shown(await this.#tried(fields)));
  }

  /**
   * Gives back what the preview of the same fields said; refuses when `expectedMicros` is not what it comes to now, so
   * that nobody gives more than they saw.
   */
  async credit(fields: Fields): Promise<Credited> {
    return this.#alone(async () => {
      const tried = await this.#tried(fields);
      const { amountMicros } = sumOf(tried.result.toCredit);
      if (fields['expectedMicros'] !== amountMicros)
        throw new Refused(409, 'It comes to another amount by now: try the rules again.');
      return creditClicks(this.#sql, tried.version, tried.result.toCredit);
    });
  }

  async #tried(fields: Fields): Promise<Tried> {
    const version = wholeField(fields, 'version', 1, 1_000_000);
    const fromMs = wholeField(fields, 'fromMs', 0, LATEST_MS);
    const untilMs = wholeField(fields, 'untilMs', fromMs, LATEST_MS);
    const set = (await readRuleSets(this.#sql)).find((one) => one.version === version);
    if (set === undefined) throw new Refused(404, `There is no version ${version}.`);
    const result = await whatIf(this.#sql, parseRules(version, set.definition), { fromMs, untilMs });
    return { version, fromMs, untilMs, result };
  }

  /** All clicks of a time are judged: one such work at once is enough for the database. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new Refused(409, 'Rules are being tried already: wait until that is done.');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

interface Tried {
  readonly version: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly result: WhatIf;
}

function shown({ result, ...asked }: Tried): Preview {
  const { clicks, wouldCount, reasons, toCredit } = result;
  const byCampaign = [...Map.groupBy(toCredit, (one) => one.campaignId)].map(([campaignId, some]) => ({
    campaignId,
    ...sumOf(some),
  }));
  const first = toCredit.slice(0, MOST_SHOWN);
  return { ...asked, clicks, wouldCount, reasons, credits: sumOf(toCredit), byCampaign, first };
}

function sumOf(findings: WhatIf['toCredit']): Credited {
  const amountMicros = findings.reduce((sum, one) => sum + one.amountMicros, 0);
  return { clicks: findings.length, amountMicros };
}
