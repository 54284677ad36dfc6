// Why clicks were not charged, hour by hour.
import { makeStack } from '/chart.js';
import { at, count, element, numberCell, row } from '/page.js';
import { reasonWords } from '/words.js';

const HOUR_MS = 3_600_000;
const HOURS = 48;
/** So many reasons have a colour of their own. */
const NAMED = 5;
const moment = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const charts = new Map();

/** Shows the last two days of `statistics`. */
export function showReasonHours({ reasonHours, readAtMs }) {
  const total = new Map();
  for (const { reason, clicks } of reasonHours) total.set(reason, (total.get(reason) ?? 0) + clicks);
  const named = [...total.keys()].toSorted((one, other) => total.get(other) - total.get(one)).slice(0, NAMED);
  const layers = [...named, ...Array.from({ length: NAMED - named.length }, () => undefined), 'other'];
  const last = Math.floor(readAtMs / HOUR_MS) * HOUR_MS;
  const times = Array.from({ length: HOURS }, (_, index) => last - (HOURS - 1 - index) * HOUR_MS);
  const columns = layers.map(() => times.map(() => 0));
  for (const { atMs, reason, clicks } of reasonHours) {
    const place = times.indexOf(atMs);
    const layer = named.includes(reason) ? named.indexOf(reason) : NAMED;
    if (place >= 0) columns[layer][place] += clicks;
  }
  if (!charts.has('reasons')) charts.set('reasons', makeStack(at('reason-chart'), NAMED + 1));
  charts.get('reasons').show(times, columns);
  describe(named, total);
  showTable(reasonHours);
}

function describe(named, total) {
  const rest = [...total.keys()].some((reason) => !named.includes(reason));
  const items = named.map((reason, index) => keyItem(`colour-${index}`, reasonWords(reason)));
  at('reason-key').replaceChildren(...items, ...(rest ? [keyItem('key-other', 'Others')] : []));
  const said = [...total].map(([reason, clicks]) => `${reasonWords(reason)} ${count(clicks)}`).join(', ');
  at('reason-chart').setAttribute('aria-label', `Chart of the last two days by hour: ${said || 'nothing'}`);
}

function keyItem(name, text) {
  const item = element('li', '', { class: name });
  item.append(element('span', text));
  return item;
}

function showTable(reasonHours) {
  at('reason-periods').replaceChildren(
    ...reasonHours
      .toReversed()
      .map(({ atMs, reason, clicks }) =>
        row(
          element('th', moment.format(atMs), { scope: 'row' }),
          reasonWords(reason),
          numberCell(count(clicks)),
        ),
      ),
  );
}
