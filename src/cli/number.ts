import { WrongUsage } from './terminal.ts';

/** The whole number that an option was given; a sentence says what it takes when it was given something else. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw new WrongUsage(`${option} takes ${least} to ${most}; got "${text}".`);
}
