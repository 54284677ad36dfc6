// When the money of a campaign will have run out, in words.
import { amount } from '/page.js';

const DAY_MS = 86_400_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const month = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

/** What is left, and the moment at which it runs out at the pace of the last quarter of an hour. */
export function outlook(campaign, nowMs) {
  const { limitMicros, spentMicros, priceMicros, runsOutAtMs, dayLimitMicros, daySpentMicros } = campaign;
  const today =
    dayLimitMicros === null ? '' : ` · today ${amount(daySpentMicros)} of ${amount(dayLimitMicros)}`;
  const left = limitMicros - spentMicros;
  if (left < priceMicros) return `used up${today}`;
  const end =
    runsOutAtMs === null ? 'lasts, at the present pace' : `runs out about ${moment(runsOutAtMs, nowMs)}`;
  return `${amount(left)} left, ${end}${today}`;
}

function moment(atMs, nowMs) {
  if (atMs - nowMs < DAY_MS / 2) return clock.format(atMs);
  return (atMs - nowMs < 7 * DAY_MS ? day : month).format(atMs);
}
