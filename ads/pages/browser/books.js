// The comparison of what ad servers posted, what the table holds and what the money says.
import { amount, ask, at, count, element, numberCell, read, row } from '/page.js';

const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});
const CHECKS = {
  postedAndFound: 'posted and found nowhere',
  unaccountedNumbers: 'numbers not accounted for',
  buckets: 'in no bucket',
  charges: 'charges and billed clicks',
  transfers: 'charges and transfers',
  accounts: 'accounts',
  credits: 'credits',
  budgets: 'budgets',
  shares: 'shares of publishers',
  statistics: 'hours of the statistics',
};

/** The rows of the comparisons; under one that found something, what it is about. */
export function showBooks(comparisons) {
  if (comparisons.length === 0) {
    const none = element('tr');
    none.append(element('td', 'The books have not been compared yet.', { colspan: 9, class: 'empty' }));
    return [none];
  }
  return comparisons.flatMap((one) => [comparisonRow(one), ...differenceRows(one.differences)]);
}

function comparisonRow({ madeAtMs, balanced, counts }) {
  const numbers = ['posted', 'inTable', 'queued', 'deadLetters', 'billed', 'free', 'invalid'];
  return row(
    element('th', moment.format(madeAtMs), { scope: 'row' }),
    result(balanced),
    ...numbers.map((name) => numberCell(count(counts[name]))),
  );
}

function differenceRows({ counts, ids }) {
  return Object.entries(counts)
    .filter(([, difference]) => difference !== 0)
    .map(([check, difference]) => {
      const made = element('tr');
      const listed = (ids[check] ?? []).join(', ');
      const text = `${CHECKS[check] ?? check}: ${count(difference)}${listed === '' ? '' : ` (${listed})`}`;
      made.append(element('td', text, { colspan: 9, class: 'note' }));
      return made;
    });
}

function result(balanced) {
  const made = element('td');
  const words = balanced ? 'No difference' : 'Differences';
  made.append(element('span', words, { class: `verdict ${balanced ? 'billed' : 'invalid'}` }));
  return made;
}

/** Makes the button and the table of hours work. */
export function workBooks() {
  at('compare').addEventListener('click', () => {
    at('books-said').textContent = 'Comparing …';
    void ask('/operator/comparisons')
      .then(() => (at('books-said').textContent = 'While clicks come, some are posted and not found yet.'))
      .catch((error) => (at('books-said').textContent = error.message));
  });
  at('hours-details').addEventListener('toggle', () => {
    if (at('hours-details').open) void showHours();
  });
}

async function showHours() {
  try {
    at('hours').replaceChildren(...(await read('/operator/hours')).map(hourRow));
  } catch (error) {
    at('books-said').textContent = error.message;
  }
}

function hourRow(one) {
  return row(
    element('th', moment.format(one.hourMs), { scope: 'row' }),
    one.campaignId === 0 ? 'none' : String(one.campaignId),
    ...[one.clicks, one.charges, one.unbilled].map((number) => numberCell(count(number))),
    ...[one.chargedMicros, one.transferredMicros, one.statisticsMicros].map((micros) =>
      numberCell(amount(micros)),
    ),
    result(one.balanced),
  );
}
