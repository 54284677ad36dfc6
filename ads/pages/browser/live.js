// Keeps the connection to the figures, and says how it stands.

const AGAIN_AFTER_MS = 2000;
/** The server says something every few seconds; longer silence is a lost connection. */
const SILENCE_MS = 15_000;

/**
 * Calls `heard.figures` and `heard.complete` (ms) with what is pushed at `path`, and `heard.state` with 'live', 'lost',
 * 'stale' (connected, but the ledger cannot be read) or 'unknown' (`isUnknown` says so; the end).
 */
export function listen(path, heard, isUnknown = () => Promise.resolve(false)) {
  let silence = 0;
  const events = new EventSource(path);
  const again = () => {
    events.close();
    setTimeout(() => listen(path, heard, isUnknown), AGAIN_AFTER_MS);
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
    heard.figures(JSON.parse(message.data));
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
    void isUnknown().then((unknown) => (unknown ? heard.state('unknown') : again()));
  });
}
