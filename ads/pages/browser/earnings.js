// What publishers get: their shares, how these are changed, and what closed days were divided by.
import { amount, ask, at, element, numberCell, read, row } from '/page.js';

const PPM_PER_PERCENT = 10_000;
const percents = (sharePpm) => `${sharePpm / PPM_PER_PERCENT} %`;
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
  at('share-title').textContent = `Share of ${name}`;
  at('share-said').textContent = '';
  at('percent').value = sharePpm / PPM_PER_PERCENT;
  at('share-form').onsubmit = (event) => {
    event.preventDefault();
    const changed = Math.round(Number(at('percent').value) * PPM_PER_PERCENT);
    void ask(`/operator/publishers/${publisherId}/share`, { sharePpm: changed }).then(
      () => {
        at('share').close();
        say(`${name} gets ${percents(changed)} of all days that are not closed yet.`);
      },
      (error) => (at('share-said').textContent = error.message),
    );
  };
  at('share').showModal();
  at('percent').select();
}

/** Makes the dialog and the table of closed days work. */
export function workEarnings() {
  at('share-close').addEventListener('click', () => at('share').close());
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
