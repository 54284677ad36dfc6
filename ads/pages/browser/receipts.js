// Clicks one by one: rows, older ones, the receipt of each, and all as a table.
import { amount, at, element, numberCell, read, row } from '/page.js';
import { reasonWords, verdictWords } from '/words.js';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** A click as a row with a button that shows its receipt. */
export function clickRow(advertiserId, click) {
  const { clickId, clickedAtMs, campaign, verdict, reason, amountMicros } = click;
  const judged = element('td', '', { class: 'breaks' });
  judged.append(element('span', verdictWords(verdict), { class: `verdict ${verdict}` }));
  if (reason !== null) judged.append(` ${reasonWords(reason)}`);
  const button = element('button', 'Receipt', {
    type: 'button',
    'data-click': clickId,
    'aria-label': `Receipt of click ${clickId}`,
  });
  button.addEventListener('click', () => void showReceipt(advertiserId, clickId));
  const last = element('td');
  last.append(button);
  return row(
    time.format(clickedAtMs),
    judged,
    numberCell(amount(amountMicros)),
    element('td', campaign ?? '', { class: 'roomy' }),
    element('td', clickId, { class: 'id roomy' }),
    last,
  );
}

/** Lets the reader ask for older clicks, and for all as a table. */
export function showReceiptsOf(advertiserId) {
  at('more').addEventListener('click', () => void showOlder(advertiserId));
  at('export').addEventListener('submit', (event) => {
    event.preventDefault();
    const days = new URLSearchParams(new FormData(at('export')));
    location.assign(`/advertiser/${advertiserId}/clicks.csv?${days}`);
  });
}

/** The older ones stand under the live ones, which move on: what has come in between is shown by both. */
async function showOlder(advertiserId) {
  const last = [...document.querySelectorAll('[data-click]')].at(-1)?.dataset.click;
  const before = last === undefined ? '' : `?before=${last}`;
  try {
    const { clicks, readAtMs } = await read(`/advertiser/${advertiserId}/clicks${before}`);
    const rows = clicks.map((click) =>
      clickRow(advertiserId, { ...click, amountMicros: click.chargedMicros }),
    );
    at('older').append(...rows);
    at('more').hidden = rows.length === 0;
    at('older-state').textContent =
      rows.length === 0 ? 'These are all clicks.' : `Complete up to ${time.format(readAtMs)}.`;
  } catch (error) {
    at('older-state').textContent = error.message;
  }
}

async function showReceipt(advertiserId, clickId) {
  try {
    at('receipt-lines').replaceChildren(
      ...linesOf(await read(`/advertiser/${advertiserId}/clicks/${clickId}`)),
    );
  } catch (error) {
    at('receipt-lines').replaceChildren(element('dd', error.message));
  }
  at('receipt').showModal();
}

function linesOf(one) {
  const lines = [
    ['Click', one.clickId],
    ['Ad shown as', one.impressionId],
    ['Served', moment.format(one.servedAtMs)],
    ['Clicked', moment.format(one.clickedAtMs)],
    ['Recorded', moment.format(one.recordedAtMs)],
    ['Campaign', `${one.campaign ?? 'unknown'} (${one.campaignId}), ad ${one.adId}`],
    ['Publisher', `${one.publisher ?? 'unknown'} (${one.publisherId})`],
    [
      'Verdict',
      one.reason === null
        ? verdictWords(one.verdict)
        : `${verdictWords(one.verdict)}: ${reasonWords(one.reason)}`,
    ],
    ['Rules', `version ${one.rulesVersion}`],
    ['Price', amount(one.priceMicros)],
    ['Charged', amount(one.chargedMicros)],
    ['Ledger entry', one.transferId === null ? 'none' : `${one.transferId} (${one.transferKey})`],
    ...(one.creditTransferId === null ? [] : [['Given back', givenBack(one)]]),
    ...(one.adjustment ? [['Counted', 'in the first open day: its own was closed']] : []),
    ['From', one.network],
    ['Page', one.referrerHost || 'not told'],
    ['Browser', one.agent],
  ];
  return lines.flatMap(([name, text]) => [element('dt', name), element('dd', text)]);
}

const givenBack = (one) =>
  `${amount(one.creditedMicros)} by entry ${one.creditTransferId}: ${reasonWords(one.creditReason)} by version ${one.creditVersion} of the rules`;
