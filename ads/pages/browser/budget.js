// Money of a campaign: giving it more, and taking back what it has not spent.
import { openForm } from '/form.js';
import { amount, ask, element } from '/page.js';

const MICROS = 1e6;
const money = { name: 'amount', type: 'number', required: '' };

/**
 * The buttons of a campaign that move its money. What is there changes with every click: `present` answers a campaign's
 * figures, and what its advertiser's wallet holds, as they are when a button is pressed.
 */
export function budgetButtons({ campaignId, name }, present) {
  return [
    button(`refill-${campaignId}`, 'Refill', `Refill ${name}`, () => openRefill(present(campaignId))),
    button(`take-${campaignId}`, 'Take back', `Take back from ${name}`, () =>
      openTakeBack(present(campaignId)),
    ),
  ];
}

function openRefill({ campaignId, name, walletMicros }) {
  const fields = [
    { ...money, label: 'Amount', min: '0.01', max: '1000000000', step: '0.01' },
    {
      ...{ name: 'from', label: 'Where it comes from' },
      options: [
        ['payment', 'It was paid in'],
        ['wallet', `The wallet of the advertiser, which holds ${amount(walletMicros)}`],
      ],
    },
  ];
  const send = sender(`/operator/campaigns/${campaignId}/refill`);
  openForm(
    `Refill ${name}`,
    fields,
    async (values) => `${name} has ${await send(values)} more.`,
    'Give it to the campaign',
  );
}

function openTakeBack({ campaignId, name, limitMicros, spentMicros }) {
  const left = (limitMicros - spentMicros) / MICROS;
  const field = { ...money, label: 'Amount; at most what is not spent', min: '0', max: left, step: 'any' };
  const send = sender(`/operator/campaigns/${campaignId}/withdraw`);
  openForm(
    `Take back from ${name}`,
    [{ ...field, value: left }],
    async (values) => `${await send(values)} of ${name} went back to the wallet of its advertiser.`,
    'Take it back',
  );
}

/** One key for one opening: sent twice, the money moves once. Answers the amount in words. */
function sender(path) {
  const key = crypto.randomUUID();
  return async ({ amount: text, ...others }) => {
    const amountMicros = Math.round(Number(text) * MICROS);
    await ask(path, { key, amountMicros, ...others });
    return amount(amountMicros);
  };
}

function button(id, words, label, act) {
  const made = element('button', words, { type: 'button', id, 'aria-label': label });
  made.addEventListener('click', act);
  return made;
}
