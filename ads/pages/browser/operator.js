// The operator's page: shows the figures as they are pushed, and asks for changes.
import { campaignButtons, placeButton, settingsWords, workAdditions } from '/additions.js';
import { showBooks, workBooks } from '/books.js';
import { budgetButtons } from '/budget.js';
import { earningsRow, workEarnings } from '/earnings.js';
import { workForm } from '/form.js';
import { listen } from '/live.js';
import { amount, ask, at, count, element, numberCell, patch, row, showUser } from '/page.js';
import { showRules, workRules } from '/rules-desk.js';
import { reasonWords, verdictWords } from '/words.js';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const STATES = {
  live: 'Live',
  lost: 'Connection lost; trying again …',
  stale: 'The ledger cannot be read just now; trying again …',
};
const shown = new Map();
let newest = 'no click yet';
let latest = { campaigns: [], advertisers: [] };

const say = (text) => (at('said').textContent = text);

/** Does nothing when nothing changed, and leaves alone what did not. */
function fill(name, data, makeRows) {
  const text = JSON.stringify(data);
  if (shown.get(name) === text) return;
  shown.set(name, text);
  patch(at(name), makeRows(data));
}

function show(figures) {
  latest = figures;
  newest = figures.newestClickId === null ? 'no click yet' : `newest click ${figures.newestClickId}`;
  showPosition(figures.readAtMs);
  fill('campaigns', figures.campaigns, (all) => all.map(campaignRow));
  fill('advertisers', figures.advertisers, (all) => all.map(advertiserItem));
  fill('publishers', figures.publishers, (all) => all.map(publisherRow));
  fill('earnings', figures.earnings.publishers, (all) => all.map(earningsRow));
  at('revenue').textContent = revenueWords(figures.earnings);
  fill('reasons', figures.reasons, (all) => all.map(reasonRow));
  fill('rules', figures.rules, showRules);
  fill('comparisons', figures.comparisons, showBooks);
  at('figures').hidden = false;
}

function showPosition(readAtMs) {
  at('position').textContent = `Complete up to ${time.format(readAtMs)} · ${newest}`;
}

function showState(state) {
  const words = STATES[state];
  if (at('state').textContent !== words) at('state').textContent = words;
  at('state').dataset.state = state;
}

function campaignRow(campaign) {
  const { campaignId, name, advertiser, state, priceMicros, limitMicros, spentMicros } = campaign;
  const used = element('td');
  used.append(
    element('meter', '', {
      max: 1,
      value: limitMicros === 0 ? 1 : spentMicros / limitMicros,
      'aria-label': `${name}: budget used`,
    }),
    element('small', `${amount(spentMicros)} of ${amount(limitMicros)}`),
  );
  return row(
    nameCell(name, [settingsWords(campaign)]),
    element('td', advertiser, { class: 'breaks' }),
    numberCell(amount(priceMicros)),
    used,
    ...[campaign.billed, campaign.free, campaign.invalid].map((number) => numberCell(count(number))),
    cell(stateChoice(`campaigns/${campaignId}`, name, state)),
    cell(buttons(...budgetButtons(campaign, withWallet), ...campaignButtons(campaign))),
  );
}

/** A campaign as it was pushed last, with what its advertiser has not given to one. */
function withWallet(campaignId) {
  const campaign = latest.campaigns.find((one) => one.campaignId === campaignId);
  const advertiser = latest.advertisers.find((one) => one.advertiserId === campaign.advertiserId);
  return { ...campaign, walletMicros: advertiser.walletMicros };
}

function publisherRow(publisher) {
  const { publisherId, name, state, placements, billed, free, invalid, chargedMicros } = publisher;
  const all = billed + free + invalid;
  const share = element('td');
  share.append(
    element('meter', '', {
      max: 1,
      value: all === 0 ? 0 : invalid / all,
      'aria-label': `${name}: share of invalid`,
    }),
    element('small', all === 0 ? 'no clicks' : `${((100 * invalid) / all).toFixed(1)} %`),
  );
  const places = placements.map(({ placementId, name }) => `${name}: placement=${placementId}`);
  return row(
    nameCell(name, [`publisher=${publisherId}`, ...places]),
    ...[billed, free, invalid].map((number) => numberCell(count(number))),
    share,
    numberCell(amount(chargedMicros)),
    cell(stateChoice(`publishers/${publisherId}`, name, state)),
    cell(placeButton(publisher)),
  );
}

function revenueWords({ revenueMicros, dividedThrough }) {
  if (dividedThrough === null) return 'No day was divided yet: a day is, an hour after its end.';
  return `Our part: ${amount(revenueMicros)}. Divided up to ${dividedThrough}.`;
}

function advertiserItem({ advertiserId, name, walletMicros }) {
  const item = element('li');
  item.append(
    element('a', name, { href: `/advertiser/${advertiserId}` }),
    element('small', `${amount(walletMicros)} not given to a campaign`),
  );
  return item;
}

function reasonRow({ verdict, reason, lastDay, clicks }) {
  const name = element('th', `${reasonWords(reason)} `, { scope: 'row' });
  name.append(element('span', verdictWords(verdict), { class: `verdict ${verdict}` }));
  return row(name, numberCell(count(lastDay)), numberCell(count(clicks)));
}

/** A name, and in small lines what belongs to it. */
function nameCell(name, lines) {
  const made = element('th', name, { scope: 'row' });
  made.append(...lines.map((line) => element('small', line)));
  return made;
}

function buttons(...all) {
  const made = element('span', '', { class: 'buttons' });
  made.append(...all);
  return made;
}

function cell(content) {
  const made = element('td');
  made.append(content);
  return made;
}

/** Changes the state as soon as another one is chosen. */
function stateChoice(path, name, state) {
  const choice = element('select', '', {
    id: `state-${path.replace('/', '-')}`,
    'aria-label': `State of ${name}`,
    // By which it is known that another one must be shown.
    'data-state': state,
  });
  for (const one of ['active', 'paused', 'ended']) choice.append(element('option', one, { value: one }));
  choice.value = state;
  choice.addEventListener('change', () => {
    void ask(`/operator/${path}/state`, { state: choice.value }).then(
      () => {
        // Whatever is pushed next is compared with this choice.
        choice.dataset.state = choice.value;
        shown.clear();
        say(`${name} is ${choice.value}.`);
      },
      (error) => {
        choice.value = state;
        say(`${name} is as it was: ${error.message}`);
      },
    );
  });
  return choice;
}

workForm();
workRules();
workAdditions();
workBooks();
workEarnings();
listen('/operator/live', { figures: show, complete: showPosition, state: showState });
await Promise.allSettled([showUser()]);
