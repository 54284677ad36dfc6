/** Why a data directory was not opened. `what` is a text for its owner that says what to do. Nothing was changed. */
export interface DataRefused {
  readonly kind: 'not-usable' | 'in-use' | 'newer-format' | 'foreign' | 'damaged';
  readonly what: string;
}
