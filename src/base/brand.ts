/** A `Base` that the compiler keeps apart from every other `Base`: `Brand<string, 'MessageId'>`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

declare const brand: unique symbol;
