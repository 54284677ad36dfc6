// What all pages share: making elements, and writing numbers.

const whole = new Intl.NumberFormat();
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const count = (number) => whole.format(number);
/** Micro-units as an amount. Sums stay integers until here. */
export const amount = (micros) => money.format(micros / 1e6);

export const at = (name) => document.getElementById(name);

/** Text only: nothing from the ledger is ever read as markup. */
export function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function row(...cells) {
  const made = element('tr');
  made.append(...cells.map((cell) => (cell instanceof Node ? cell : element('td', cell))));
  return made;
}

export const numberCell = (text) => element('td', text, { class: 'number' });

/** Rejects when the server or its database cannot be reached. */
export async function readAdvertisers() {
  const answer = await fetch('/advertisers');
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}
