// Keeps the connection to the figures, and says how it stands.
import { readAdvertisers } from '/page.js';

const AGAIN_AFTER_MS = 2000;
/** The server says something every few seconds; longer silence is a lost connection. */
const SILENCE_MS = 15_000;

/**
 * Calls `heard.statistics` and `heard.complete` (ms) with what is pushed, and `heard.state` with 'live', 'lost',
 * 'stale' (connected, but the ledger cannot be read) or 'unknown' (no such advertiser; the end).
 */
export function listen(id, heard) {
  let silence = 0;
  const events = new EventSource(`/advertiser/${id}/live`);
  const again = () => {
    events.close();
    setTimeout(() => listen(id, heard), AGAIN_AFTER_MS);
  };
  const lost = () => {
    heard.state('lost');
    again();
  };
  const alive = (state) => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
    heard.state(state);
  };
  events.addEventListener('message', (message) => {
    alive('live');
    heard.statistics(JSON.parse(message.data));
  });
  events.addEventListener('complete', (message) => {
    alive('live');
    heard.complete(Number(message.data));
  });
  events.addEventListener('stale', () => alive('stale'));
  events.addEventListener('error', () => {
    clearTimeout(silence);
    events.close();
    heard.state('lost');
    void isUnknown(id).then((unknown) => (unknown ? heard.state('unknown') : again()));
  });
}

/** An EventSource does not say why it failed; the list of advertisers does. */
async function isUnknown(id) {
  const advertisers = await readAdvertisers().catch(() => undefined);
  return advertisers !== undefined && advertisers.every((one) => one.id !== id);
}
