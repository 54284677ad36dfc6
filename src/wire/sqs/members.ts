import type { Range } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';

/** A member that must be there and not be empty. */
export function requiredText(input: Input, name: string): string {
  const text = input.text(name);
  return text === undefined || text === '' ? refuse({ kind: 'missing-parameter', name }) : text;
}

/** A whole number within its range; undefined when it is not given. */
export function numberWithin(input: Input, name: string, range: Range): number | undefined {
  const value = input.wholeNumber(name);
  if (value === undefined || isWithin(value, range)) return value;
  const reason = `Must be between ${range.least} and ${range.most}, if provided.`;
  return refuse({ kind: 'invalid-value', value, parameter: name, reason });
}

/** Seconds within their range, as milliseconds; undefined when they are not given. */
export function secondsWithin(input: Input, name: string, range: Range): number | undefined {
  const seconds = input.wholeNumber(name);
  if (seconds === undefined) return undefined;
  if (isWithin(seconds, range)) return seconds * 1000;
  const reason = `Must be >= ${range.least} and <= ${range.most}, if provided.`;
  return refuse({ kind: 'invalid-value', value: seconds, parameter: name, reason });
}

function isWithin(value: number, { least, most }: Range): boolean {
  return value >= least && value <= most;
}
