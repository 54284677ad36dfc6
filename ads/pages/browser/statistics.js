// Shows the statistics of the advertiser in the address, as they are pushed.
import { makeChart } from '/chart.js';
import { listen } from '/live.js';
import { outlook } from '/outlook.js';
import { amount, at, count, element, numberCell, readAdvertisers, row, showUser } from '/page.js';
import { clickRow, showReceiptsOf } from '/receipts.js';
import { showReasonHours } from '/reasons.js';
import { reasonWords } from '/words.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PERIODS = {
  minutes: { stepMs: MINUTE_MS, steps: 60, name: 'the last hour', by: 'minute' },
  hours: { stepMs: HOUR_MS, steps: 48, name: 'the last two days', by: 'hour' },
};
const STATES = {
  live: 'Live',
  lost: 'Connection lost; trying again …',
  stale: 'The ledger cannot be read just now; trying again …',
  unknown: 'Not connected',
};
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const moment = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const id = Number(/^\/advertiser\/(\d+)$/.exec(location.pathname)?.[1]);
let shown;
let chart;

/** Writes only what differs, so that a reader's place and selection stay. */
function put(name, text) {
  if (at(name).textContent !== text) at(name).textContent = text;
}

function show(statistics) {
  shown = statistics;
  const { campaigns, reasons, latest } = statistics;
  const sum = (pick) => campaigns.reduce((total, campaign) => total + pick(campaign), 0);
  document.title = `${statistics.advertiser}: click statistics`;
  put('advertiser', statistics.advertiser);
  put('billed', count(sum((one) => one.billed)));
  put('free', count(sum((one) => one.free)));
  put('invalid', count(sum((one) => one.invalid)));
  put('spent', amount(sum((one) => one.spentMicros)));
  put('left', amount(sum((one) => one.limitMicros - one.spentMicros)));
  put('credited', amount(sum((one) => one.creditedMicros)));
  put('pending', count(sum((one) => one.pending)));
  showPosition(statistics.readAtMs);
  const none = campaigns.length === 0 ? [emptyRow('There is no campaign yet.', 5)] : [];
  at('campaigns').replaceChildren(...campaigns.map(campaignRow), ...none);
  showReasons(reasons);
  const names = new Map(campaigns.map((one) => [one.campaignId, one.name]));
  showLatest(latest.map((click) => ({ ...click, campaign: names.get(click.campaignId) ?? '' })));
  showReasonHours(statistics);
  at('figures').hidden = false;
  showPeriods();
}

/** The button that has the focus keeps it while its click is there. */
function showLatest(latest) {
  const focused = document.activeElement?.dataset.click;
  at('latest').replaceChildren(...latest.map((click) => clickRow(id, click)));
  if (latest.length === 0) at('latest').replaceChildren(emptyRow('No click has come yet.', 6));
  if (focused !== undefined) at('latest').querySelector(`[data-click="${focused}"]`)?.focus();
}

function showPosition(readAtMs) {
  const newest = shown.latest[0];
  const click = newest === undefined ? 'no click yet' : `newest click ${newest.clickId}`;
  put('position', `Complete up to ${time.format(readAtMs)} · ${click}`);
}

/** Nothing has changed but the time, which moves the chart. */
function stillHolds(readAtMs) {
  if (shown === undefined) return;
  shown = { ...shown, readAtMs };
  showPosition(readAtMs);
  showPeriods();
}

/** The chosen period without gaps: a step in which nothing happened is a zero. */
function showPeriods() {
  const chosen = document.querySelector('input[name=period]:checked').value;
  const { stepMs, steps, name, by } = PERIODS[chosen];
  const known = new Map(shown[chosen].map((one) => [one.atMs, one]));
  const last = Math.floor(shown.readAtMs / stepMs) * stepMs;
  const points = Array.from({ length: steps }, (_, index) => {
    const atMs = last - (steps - 1 - index) * stepMs;
    return known.get(atMs) ?? { atMs, billed: 0, notBilled: 0, amountMicros: 0 };
  });
  chart ??= makeChart(at('chart'));
  chart.show(points);
  const isByMinute = chosen === 'minutes';
  put(
    'minutes-position',
    isByMinute
      ? `Complete up to ${time.format(shown.minutesCompleteAtMs)}; of later clicks, those that were recorded within 20 seconds.`
      : '',
  );
  const sum = (pick) => points.reduce((total, one) => total + pick(one), 0);
  const said = `${name} by ${by}: ${count(sum((one) => one.billed))} charged clicks for ${amount(sum((one) => one.amountMicros))}, ${count(sum((one) => one.notBilled))} not charged`;
  at('chart').setAttribute('aria-label', `Chart of ${said}`);
  const busy = points.filter((one) => one.billed + one.notBilled > 0).toReversed();
  at('periods').replaceChildren(...busy.map(periodRow));
  if (busy.length === 0) at('periods').replaceChildren(emptyRow('No clicks in this period.', 4));
}

function periodRow({ atMs, billed, notBilled, amountMicros }) {
  const numbers = [count(billed), count(notBilled), amount(amountMicros)];
  return row(element('th', moment.format(atMs), { scope: 'row' }), ...numbers.map(numberCell));
}

function showReasons(reasons) {
  const most = Math.max(1, ...reasons.map((one) => one.clicks));
  at('reasons').replaceChildren(
    ...reasons.flatMap(({ reason, clicks }) => [
      element('span', reasonWords(reason)),
      element('meter', '', { max: most, value: clicks, 'aria-label': reasonWords(reason) }),
      element('b', count(clicks)),
    ]),
  );
  if (reasons.length === 0) at('reasons').textContent = 'Every click was charged, or none has come yet.';
}

function campaignRow(campaign) {
  const { name, state, limitMicros, spentMicros, billed, free, invalid } = campaign;
  const used = element('td', '', { class: 'breaks' });
  const text = `${amount(spentMicros)} of ${amount(limitMicros)}`;
  const share = limitMicros === 0 ? 1 : spentMicros / limitMicros;
  used.append(
    element('meter', '', { max: 1, value: share, 'aria-label': `${name}: budget used` }),
    element('small', text),
    element('small', outlook(campaign, shown.readAtMs)),
  );
  const title = element('th', name, { scope: 'row' });
  if (state !== 'active') title.append(element('small', state));
  return row(title, used, ...[billed, free, invalid].map((number) => numberCell(count(number))));
}

function emptyRow(text, columns) {
  const made = element('tr');
  made.append(element('td', text, { colspan: columns, class: 'empty' }));
  return made;
}

function showState(state) {
  put('state', STATES[state]);
  at('state').dataset.state = state;
  at('notice').hidden = state !== 'unknown';
  if (state === 'unknown') put('notice', 'There is no such advertiser. Choose one above.');
}

async function listAdvertisers() {
  const link = ({ id: other, name }) =>
    element('a', name, {
      href: `/advertiser/${other}`,
      ...(other === id ? { 'aria-current': 'page' } : {}),
    });
  const advertisers = await readAdvertisers().catch(() => []);
  // Who has one only needs no choice.
  if (advertisers.length < 2) return;
  at('advertisers').replaceChildren(
    element('a', 'Operator', { href: '/operator' }),
    ...advertisers.map(link),
  );
}

/** An EventSource does not say why it failed; the list of advertisers does. */
async function isUnknown() {
  const advertisers = await readAdvertisers().catch(() => undefined);
  return advertisers !== undefined && advertisers.every((one) => one.id !== id);
}

for (const choice of document.querySelectorAll('input[name=period]'))
  choice.addEventListener('change', () => showPeriods());
listen(`/advertiser/${id}/live`, { figures: show, complete: stillHolds, state: showState }, isUnknown);
showReceiptsOf(id);
await Promise.allSettled([listAdvertisers(), showUser()]);
