import type { Caller } from '../wire/caller.ts';

/** What a question answers: JSON for whoever asked, or a sentence on what was wrong with it. */
export type QuestionAnswer =
  | { readonly kind: 'known'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly status: 400 | 404; readonly message: string };

/** One question that the platform answers about itself. */
export type Question = (query: URLSearchParams, caller: Caller) => Promise<QuestionAnswer> | QuestionAnswer;
