/** How requests are written: as the SDKs of today do it, or the form that older servers alone read. */
export type Protocol = 'json' | 'query';

/** A server under measurement. */
export interface Target {
  readonly name: string;
  readonly endpoint: string;
  readonly protocol: Protocol;
  /** Its process, whose children count with it. */
  readonly pid: number;
}

/** What is done with messages: sent only, or sent, received and deleted, one by one or ten in each request. */
export type Work = 'send' | 'single' | 'tens';

/** What one client process does. */
export interface Task {
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly queueUrl: string;
  readonly connections: number;
  readonly seconds: number;
  readonly work: Work;
  readonly bodyBytes: number;
  /** Message groups of a FIFO queue; 0 on a standard one. */
  readonly groups: number;
}

/** What one client process saw. */
export interface Tally {
  readonly requests: number;
  /** Messages that went all the way: sent, or deleted where they are received. */
  readonly messages: number;
  /** Receives that brought nothing. */
  readonly empty: number;
  readonly failures: number;
  /** Processor time of the client, in seconds. */
  readonly processorS: number;
}
