// One dialog for all that an operator fills in.
import { at, element } from '/page.js';

const PPM_PER_PERCENT = 10_000;

/** Parts of a million as per cent. */
export const percentOf = (ppm) => ppm / PPM_PER_PERCENT;
/** The other way round, from what a field holds. */
export const ppmOf = (percent) => Math.round(Number(percent) * PPM_PER_PERCENT);

/** A field for a share, named `percent`. */
export const percentField = (label, ppm) => ({
  ...{ name: 'percent', label, value: percentOf(ppm) },
  ...{ type: 'number', min: 0, max: 100, step: 0.0001, required: '' },
});

/** Opens it; `send` gets what was filled in, by name, and answers what to say when it is done. `words` stand on its button. */
export function openForm(title, fields, send, words = 'Keep it') {
  at('form-title').textContent = title;
  at('form-said').textContent = '';
  at('form-send').textContent = words;
  at('form-inputs').replaceChildren(...fields.flatMap(fieldOf));
  at('form').onsubmit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(fields.map(({ name }) => [name, at(`form-${name}`).value]));
    // Pressed twice, it is asked once.
    at('form-send').disabled = true;
    void send(values)
      .then((done) => {
        at('form-dialog').close();
        at('said').textContent = done;
      })
      .catch((error) => (at('form-said').textContent = error.message))
      .finally(() => (at('form-send').disabled = false));
  };
  at('form-dialog').showModal();
  // What is typed takes the place of what was there.
  at('form-inputs').querySelector('input')?.select();
}

function fieldOf({ name, label, value = '', options, ...attributes }) {
  const input = element(options === undefined ? 'input' : 'select', '', {
    id: `form-${name}`,
    ...attributes,
  });
  for (const [number, words] of options ?? []) input.append(element('option', words, { value: number }));
  if (options === undefined) input.value = value;
  return [element('label', label, { for: `form-${name}` }), input];
}

/** Makes its button that closes it work. */
export function workForm() {
  at('form-close').addEventListener('click', () => at('form-dialog').close());
}
