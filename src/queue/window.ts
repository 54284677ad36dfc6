/** How much of a queue the law knows by heart. */
export const WINDOW = {
  /** Bytes of messages in memory, bodies included; the rest waits in the store. */
  sizeBytes: 8 * 1024 * 1024,
  /** A page is wanted when fewer messages than this wait in the window. */
  lowCount: 500,
  /** Messages of one page. */
  pageCount: 1000,
  /** Bytes of one page. */
  pageSizeBytes: 2 * 1024 * 1024,
  /** Messages forgotten at once when their retention ends. */
  expiryCount: 1000,
} as const;
