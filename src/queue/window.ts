/** How much of a queue the law knows by heart. */
export interface Window {
  /** Bytes of messages in memory, bodies included; the rest waits in the store. Hidden messages get half of them. */
  readonly sizeBytes: number;
  /** A page is wanted when fewer messages than this wait in the window. */
  readonly lowCount: number;
  /** Of messages that a page has brought so many enter the window ahead of the receives that get them. */
  readonly atHandCount: number;
  /** Messages of one page. */
  readonly pageCount: number;
  /** Bytes of one page. */
  readonly pageSizeBytes: number;
  /** Messages forgotten at once when their retention ends. */
  readonly expiryCount: number;
}

/** The window of every queue, unless a test makes it smaller. */
export const WINDOW: Window = {
  sizeBytes: 8 * 1024 * 1024,
  lowCount: 1000,
  atHandCount: 100,
  pageCount: 2000,
  pageSizeBytes: 2 * 1024 * 1024,
  expiryCount: 250,
};

/** Where groups are chosen between, a page enters as a whole: there so much of the counts above is asked for. */
export const SHARE_OF_WHOLE_PAGES = 0.5;
