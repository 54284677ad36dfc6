import { rounded, type Figure } from '../figure.ts';

/** A figure, its numbers rounded. */
export function figure(
  name: string,
  value: number,
  unit: string,
  target: string,
  kept: boolean,
  beside: { readonly floor?: number; readonly ratio?: number } = {},
): Figure {
  const { floor, ratio } = beside;
  return {
    ...{ name, value: rounded(value), unit, target, kept },
    ...(floor !== undefined && { floor: rounded(floor) }),
    ...(ratio !== undefined && { ratio: rounded(ratio) }),
  };
}
