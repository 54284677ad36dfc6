// What publishers get: their shares, how these are changed, and what closed days were divided by.
import { openForm, percentField, percentOf, ppmOf } from '/form.js';
import { amount, ask, at, element, numberCell, read, row } from '/page.js';

const percents = (sharePpm) => `${percentOf(sharePpm)} %`;
const say = (text) => (at('earnings-said').textContent = text);

/** The row of one publisher. */
export function earningsRow({ publisherId, name, sharePpm, undividedMicros, owedMicros }) {
  const change = element('button', 'Change', {
    type: 'button',
    id: `share-${publisherId}`,
    'aria-label': `Change the share of ${name}`,
    // With another share it is another button, which opens with that.
    'data-share': sharePpm,
  });
  change.addEventListener('click', () => openShare({ publisherId, name, sharePpm }));
  const last = element('td');
  last.append(change);
  return row(
    element('th', name, { scope: 'row' }),
    numberCell(percents(sharePpm)),
    numberCell(amount(undividedMicros)),
    numberCell(amount(owedMicros)),
    last,
  );
}

function openShare({ publisherId, name, sharePpm }) {
  const field = percentField('Per cent of what is charged, on all days that are not closed yet', sharePpm);
  openForm(`Share of ${name}`, [field], async ({ percent }) => {
    const changed = ppmOf(percent);
    await ask(`/operator/publishers/${publisherId}/share`, { sharePpm: changed });
    return `${name} gets ${percents(changed)} of all days that are not closed yet.`;
  });
}

/** Makes the table of closed days work. */
export function workEarnings() {
  at('divided-details').addEventListener('toggle', () => {
    if (at('divided-details').open) void showDivided();
  });
}

async function showDivided() {
  try {
    at('divided').replaceChildren(...dividedRows(await read('/operator/shares')));
  } catch (error) {
    say(error.message);
  }
}

function dividedRows(divided) {
  if (divided.length > 0) return divided.map(dividedRow);
  const none = element('tr');
  none.append(element('td', 'No day was divided yet.', { colspan: 5, class: 'empty' }));
  return [none];
}

function dividedRow({ name, sharePpm, firstDay, lastDay, earnedMicros, publisherMicros }) {
  return row(
    element('th', name, { scope: 'row' }),
    firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`,
    numberCell(percents(sharePpm)),
    numberCell(amount(earnedMicros)),
    numberCell(amount(publisherMicros)),
  );
}
