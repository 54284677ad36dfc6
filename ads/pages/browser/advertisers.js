// Lists the advertisers, each with its page.
import { at, element, readAdvertisers, showUser } from '/page.js';

try {
  await showUser();
  const advertisers = await readAdvertisers();
  at('advertisers').replaceChildren(
    ...advertisers.map(({ id, name }) => {
      const item = element('li');
      item.append(element('a', name, { href: `/advertiser/${id}` }));
      return item;
    }),
  );
  at('state').hidden = advertisers.length > 0;
  at('state').textContent = 'There are no advertisers yet.';
} catch {
  at('state').textContent = 'The advertisers cannot be read just now. Load the page again.';
}
