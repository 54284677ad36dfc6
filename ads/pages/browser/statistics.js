// Shows the statistics of the advertiser in the address, as they are pushed.

const whole = new Intl.NumberFormat();
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const hour = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

const id = Number(/^\/advertiser\/(\d+)$/.exec(location.pathname)?.[1] ?? 1);

/** @param {string} name */
const at = (name) => /** @type {HTMLElement} */ (document.getElementById(name));
/** @param {number} micros */
const amount = (micros) => money.format(micros / 1e6);

/** Text only: nothing from the ledger is ever read as markup. */
function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function row(...cells) {
  const made = element('tr');
  made.append(...cells.map((cell) => (cell instanceof Node ? cell : element('td', cell))));
  return made;
}

function meter(share, text) {
  const cell = element('td');
  cell.append(element('meter', '', { min: '0', max: '1', value: String(share) }), element('small', text));
  return cell;
}

function bars(target, entries) {
  const most = Math.max(1, ...entries.map((entry) => entry.value));
  target.replaceChildren(
    ...entries.flatMap(({ name, value, text }) => [
      element('span', name),
      element('meter', '', { min: '0', max: String(most), value: String(value) }),
      element('b', text ?? whole.format(value)),
    ]),
  );
  if (entries.length === 0) target.textContent = 'Nothing yet.';
}

function show(statistics) {
  const { campaigns, reasons, hours, latest } = statistics;
  const sum = (pick) => campaigns.reduce((total, campaign) => total + pick(campaign), 0);
  document.title = `${statistics.advertiser}: click statistics`;
  at('advertiser').textContent = statistics.advertiser;
  at('state').textContent = `Complete up to ${time.format(statistics.readAtMs)}`;
  at('billed').textContent = whole.format(sum((one) => one.billed));
  at('not-billed').textContent = whole.format(sum((one) => one.free + one.invalid));
  at('spent').textContent = amount(sum((one) => one.spentMicros));
  at('left').textContent = amount(sum((one) => one.limitMicros - one.spentMicros));
  at('campaigns').replaceChildren(...campaigns.map(campaignRow));
  bars(
    at('hours'),
    hours.map((one) => ({
      name: hour.format(one.hourMs),
      value: one.billed,
      text: `${whole.format(one.billed)} for ${amount(one.amountMicros)}`,
    })),
  );
  bars(
    at('reasons'),
    reasons.map((one) => ({ name: one.reason, value: one.clicks })),
  );
  at('latest').replaceChildren(...latest.map(clickRow));
  /** @type {HTMLElement} */ (document.querySelector('main')).hidden = false;
}

function campaignRow(campaign) {
  const { limitMicros, spentMicros } = campaign;
  const share = limitMicros === 0 ? 1 : spentMicros / limitMicros;
  return row(
    element('th', campaign.name, { scope: 'row' }),
    meter(share, `${amount(spentMicros)} of ${amount(limitMicros)}`),
    amount(limitMicros - spentMicros),
    whole.format(campaign.billed),
    whole.format(campaign.free),
    whole.format(campaign.invalid),
  );
}

function clickRow(click) {
  const verdict = click.reason === null ? click.verdict : `${click.verdict}: ${click.reason}`;
  return row(
    time.format(click.clickedAtMs),
    element('td', verdict, { class: click.verdict }),
    amount(click.amountMicros),
    element('td', click.clickId, { class: 'id' }),
  );
}

async function listAdvertisers() {
  const advertisers = await (await fetch('/advertisers')).json();
  at('advertisers').replaceChildren(
    ...advertisers.map((one) =>
      element('a', one.name, {
        href: `/advertiser/${one.id}`,
        ...(one.id === id ? { 'aria-current': 'page' } : {}),
      }),
    ),
  );
}

const events = new EventSource(`/advertiser/${id}/live`);
events.onmessage = (message) => show(JSON.parse(message.data));
events.onerror = () => {
  at('state').textContent = 'Not connected; trying again.';
};
await listAdvertisers();
