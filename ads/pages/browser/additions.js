// Adding advertisers, publishers with their places, campaigns and ads, and changing campaigns.
import { openForm, percentField, ppmOf } from '/form.js';
import { amount, ask, at, element, readAdvertisers } from '/page.js';

const MICROS = 1e6;
/** What a new publisher gets if nothing else is said. */
const USUAL_SHARE_PPM = 700_000;
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});

const text = { type: 'text', maxlength: 100, required: '' };
const money = { type: 'number', min: '0.000001', max: '1000000', step: 'any' };
const nameField = (value = '') => ({ name: 'name', label: 'Name', value, ...text });
const adFields = () => [
  { name: 'headline', label: 'Headline of its ad', ...text },
  {
    ...{ name: 'target', label: 'Where a click leads; {click_id} in it becomes the id of the click' },
    ...{ type: 'url', placeholder: 'https://', required: '', maxlength: 2048 },
  },
];

/** What an advertiser decides over a campaign, filled in as it is. */
function settingsFields({ name, priceMicros, dayLimitMicros = null, endsAtMs = null } = {}) {
  const inMoney = (micros) => (typeof micros === 'number' ? String(micros / MICROS) : '');
  return [
    nameField(name),
    { name: 'price', label: 'Price of a click', value: inMoney(priceMicros), required: '', ...money },
    {
      ...{ name: 'day', label: 'At most on one day (UTC); empty: only the budget limits', ...money },
      ...{ value: inMoney(dayLimitMicros), max: '1000000000' },
    },
    {
      ...{ name: 'end', label: 'Ends at; empty: when it is ended', type: 'datetime-local' },
      value: endsAtMs === null ? '' : localText(endsAtMs),
    },
  ];
}

function settingsOf({ name, price, day, end }) {
  return {
    name,
    priceMicros: Math.round(Number(price) * MICROS),
    dayLimitMicros: day === '' ? null : Math.round(Number(day) * MICROS),
    endsAtMs: end === '' ? null : new Date(end).getTime(),
  };
}

/** As a field for a moment takes it: here, without a zone. */
function localText(timeMs) {
  return new Date(timeMs - new Date(timeMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What is decided over a campaign, in few words. */
export function settingsWords({ campaignId, ads, dayLimitMicros, endsAtMs }) {
  const words = [`number ${campaignId}`, ads === 1 ? '1 ad' : `${ads} ads`];
  if (dayLimitMicros !== null) words.push(`at most ${amount(dayLimitMicros)} a day`);
  if (endsAtMs !== null) words.push(`until ${moment.format(endsAtMs)}`);
  return words.join(' · ');
}

/** The buttons of a campaign that change it. */
export function campaignButtons(campaign) {
  const { campaignId, name, priceMicros, dayLimitMicros, endsAtMs } = campaign;
  const change = () =>
    openForm(`Change ${name}`, settingsFields(campaign), async (values) => {
      await ask(`/operator/campaigns/${campaignId}/settings`, settingsOf(values));
      return `${values.name} is changed.`;
    });
  const addAd = () =>
    openForm(`New ad of ${name}`, adFields(), async (values) => {
      await ask(`/operator/campaigns/${campaignId}/ads`, values);
      return `${name} has another ad.`;
    });
  const settings = JSON.stringify([name, priceMicros, dayLimitMicros, endsAtMs]);
  return [
    button(`change-${campaignId}`, 'Change', `Change ${name}`, change, settings),
    button(`ad-${campaignId}`, 'New ad', `New ad of ${name}`, addAd),
  ];
}

/** The button of a publisher that adds a place. */
export function placeButton({ publisherId, name }) {
  const add = () =>
    openForm(`New place of ${name}`, [nameField()], async (values) => {
      const { placementId } = await ask(`/operator/publishers/${publisherId}/placements`, values);
      return `${values.name} asks for ads by placement=${placementId}.`;
    });
  return button(`place-${publisherId}`, 'New place', `New place of ${name}`, add);
}

/** With other `settings` it is another button, which opens with these. */
function button(id, words, label, act, settings = '') {
  const made = element('button', words, {
    type: 'button',
    id,
    'aria-label': label,
    'data-settings': settings,
  });
  made.addEventListener('click', act);
  return made;
}

async function openCampaign() {
  const advertisers = await readAdvertisers();
  const options = advertisers.map(({ id, name }) => [id, name]);
  const fields = [{ name: 'advertiser', label: 'Advertiser', options }, ...settingsFields(), ...adFields()];
  openForm('New campaign', fields, async (values) => {
    const { headline, target } = values;
    const fields = { ...settingsOf(values), advertiserId: Number(values.advertiser), headline, target };
    await ask('/operator/campaigns', fields);
    return `${values.name} is there. It is shown when it is refilled.`;
  });
}

function openAdvertiser() {
  openForm('New advertiser', [nameField()], async (values) => {
    const { advertiserId } = await ask('/operator/advertisers', values);
    return `${values.name} is advertiser ${advertiserId}.`;
  });
}

function openPublisher() {
  const fields = [nameField(), percentField('Per cent of what is charged', USUAL_SHARE_PPM)];
  openForm('New publisher', fields, async ({ name, percent }) => {
    const { publisherId } = await ask('/operator/publishers', { name, sharePpm: ppmOf(percent) });
    return `${name} asks for ads by publisher=${publisherId}.`;
  });
}

/** Makes the buttons that add something work. */
export function workAdditions() {
  at('new-campaign').addEventListener('click', () => {
    void openCampaign().catch((error) => (at('said').textContent = error.message));
  });
  at('new-advertiser').addEventListener('click', openAdvertiser);
  at('new-publisher').addEventListener('click', openPublisher);
}
