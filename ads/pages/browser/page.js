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

/**
 * Makes the rows of `target` those in `rows`, and leaves alone every cell that is the same: a reader's place, focus and
 * open choice stay.
 */
export function patch(target, rows) {
  const before = [...target.children];
  for (const [index, made] of rows.entries()) {
    const old = before[index];
    if (old === undefined) target.append(made);
    else if (old.children.length === made.children.length) patchCells(old, [...made.children]);
    else old.replaceWith(made);
  }
  for (const old of before.slice(rows.length)) old.remove();
}

function patchCells(old, cells) {
  for (const [place, cell] of cells.entries())
    if (!old.children[place].isEqualNode(cell)) old.children[place].replaceWith(cell);
}

export const numberCell = (text) => element('td', text, { class: 'number' });

/** Rejects when the server or its database cannot be reached; who is not signed in is led to where that is done. */
export async function read(path) {
  return answered(await fetch(path));
}

/** Asks for a change, and answers what came of it. Rejects with what the server says against it. */
export async function ask(path, fields = {}) {
  const { csrfToken } = await read('/me');
  return answered(
    await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken },
      body: JSON.stringify(fields),
    }),
  );
}

async function answered(answer) {
  if (answer.status === 401) location.assign('/sign-in');
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

export const readAdvertisers = () => read('/advertisers');

/** Says who is signed in, and lets them out. */
export async function showUser() {
  const { email, csrfToken } = await read('/me');
  const out = element('button', 'Sign out', { type: 'button' });
  out.addEventListener('click', () => {
    const answer = fetch('/sign-out', { method: 'POST', headers: { 'X-CSRF-Token': csrfToken } });
    void answer.then(() => location.assign('/sign-in'));
  });
  at('user').replaceChildren(element('span', email), out);
}
