/**
 * So many batches of clicks are charged at once, by the function and by the long-lived consumer: the least that AWS takes
 * of a function. The transactions of clicks wait for each other at their campaigns' budgets: more at once charge no
 * faster, but each holds fewer clicks, and costs as much.
 */
export const MOST_AT_ONCE = 2;
