// The words for what is written shortly elsewhere.

const REASONS = {
  malformed: 'Unreadable token',
  forged: 'Forged token',
  expired: 'Too old',
  'ahead-of-time': 'Clicked in the future',
  prefetch: 'Fetched ahead by the browser',
  head: 'Only headers asked for',
  'no-agent': 'Names no browser',
  'unknown-agent': 'Browser that nobody knows',
  bot: 'Robot',
  'data-centre': 'From a data centre',
  insider: 'By our own people',
  'family-mismatch': 'Another browser than the ad',
  'double-click': 'Double-click',
  'too-many': 'Too many from one viewer',
  'repeated-impression': 'Clicked again',
  'no-view': 'Never seen',
  'unknown-campaign': 'Unknown campaign',
  ended: 'Campaign had ended',
  unfunded: 'Budget was used up',
};
const VERDICTS = { billed: 'Charged', free: 'Free', invalid: 'Invalid', pending: 'Waiting' };

export const reasonWords = (reason) => REASONS[reason] ?? reason;
export const verdictWords = (verdict) => VERDICTS[verdict] ?? verdict;
