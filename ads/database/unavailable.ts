/** There is no ledger database to work with. The message is one line that says what to do. */
export class DatabaseUnavailable extends Error {}
