// Drafting rules, trying them on the stored clicks, and giving back what follows.
import { amount, ask, at, count, element, row } from '/page.js';
import { reasonWords } from '/words.js';

const DAY_MS = 86_400_000;
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});

const say = (text) => (at('rules-said').textContent = text);
const failed = (error) => say(error.message);

/** Makes the rows of all versions; a draft can be put into force. */
export function showRules(rules) {
  const tried = at('tried').value || String(rules[0]?.version);
  at('tried').replaceChildren(
    ...rules.map(({ version }) => element('option', String(version), { value: version })),
  );
  at('tried').value = tried;
  if (at('definition').value === '')
    at('definition').value = JSON.stringify(rules[0]?.definition, undefined, 2);
  return rules.map(ruleRow);
}

function ruleRow({ version, note, activeFromMs }) {
  const last = element('td');
  if (activeFromMs === undefined) {
    const button = element('button', 'Put into force', {
      type: 'button',
      id: `activate-${version}`,
      'aria-label': `Put version ${version} into force`,
    });
    button.addEventListener('click', () => {
      void ask(`/operator/rules/${version}/activate`)
        .then(() => say(`Clicks are judged by version ${version} from now on.`))
        .catch(failed);
    });
    last.append(button);
  }
  const since =
    activeFromMs === undefined ? 'draft' : activeFromMs === 0 ? 'the beginning' : moment.format(activeFromMs);
  return row(
    element('th', String(version), { scope: 'row' }),
    element('td', note, { class: 'note' }),
    since,
    last,
  );
}

/** Makes the forms work. */
export function workRules() {
  at('draft').addEventListener('submit', (event) => {
    event.preventDefault();
    void keepDraft().catch(failed);
  });
  at('what-if').addEventListener('submit', (event) => {
    event.preventDefault();
    void tryRules().catch(failed);
  });
}

async function keepDraft() {
  let definition;
  try {
    definition = JSON.parse(at('definition').value);
  } catch {
    return say('The new version is no JSON.');
  }
  const { version } = await ask('/operator/rules', { definition, note: at('note').value });
  at('note').value = '';
  say(`Kept as version ${version}, a draft.`);
}

async function tryRules() {
  const untilMs = Date.now();
  const fromMs = untilMs - Number(at('days').value) * DAY_MS;
  at('preview').hidden = true;
  say('Judging the stored clicks again …');
  const preview = await ask('/operator/what-if', { version: Number(at('tried').value), fromMs, untilMs });
  const { version, clicks, credits } = preview;
  say(
    `By version ${version}, of ${count(clicks)} clicks up to ${moment.format(preview.untilMs)}: ${count(credits.clicks)} charged ones would be given back, ${amount(credits.amountMicros)}.`,
  );
  at('preview-lines').replaceChildren(...previewRows(preview));
  at('preview').hidden = false;
  at('credit').hidden = credits.clicks === 0;
  at('credit').textContent = `Give back ${amount(credits.amountMicros)}`;
  at('credit').onclick = () => void giveBack(preview).catch(failed);
}

function previewRows({ wouldCount, reasons, byCampaign, first }) {
  const line = (name, text) =>
    row(element('th', name, { scope: 'row' }), element('td', text, { class: 'breaks' }));
  return [
    ...byCampaign.map(({ campaignId, clicks, amountMicros }) =>
      line(`Campaign ${campaignId}`, `${count(clicks)} clicks, ${amount(amountMicros)}`),
    ),
    ...Object.entries(reasons).map(([reason, clicks]) =>
      line(reasonWords(reason), `${count(clicks)} invalid by these rules`),
    ),
    line('Would count', `${count(wouldCount)} invalid ones, which nobody is charged for afterwards`),
    ...first.map(({ clickId, reason, amountMicros }) =>
      line(clickId, `${amount(amountMicros)}: ${reasonWords(reason)}`),
    ),
  ];
}

async function giveBack({ version, fromMs, untilMs, credits }) {
  at('credit').hidden = true;
  const expectedMicros = credits.amountMicros;
  const given = await ask('/operator/credits', { version, fromMs, untilMs, expectedMicros });
  say(`${amount(given.amountMicros)} given back for ${count(given.clicks)} clicks.`);
}
