/** A program, and what must come of it: an exact answer, or a look at the outcome. */
export type Attack = (
  | { readonly node: string }
  | { readonly python: string }
  | { readonly shell: string }
) & {
  readonly timeoutS?: number;
} & (
    | { readonly comesTo: unknown }
    /** The payload as JSON text, and the words before it when the platform calls it an error. */
    | { readonly matches: RegExp }
  );
