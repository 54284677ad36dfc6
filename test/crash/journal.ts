/** One fact of a workload, in the order in which its client knew it. Numbers name messages. */
export type Fact =
  | { readonly kind: 'send-began'; readonly number: number }
  /** This message of a FIFO queue is the one at this place of its group, from 0 on; it may be sent more than once. */
  | { readonly kind: 'in-order'; readonly number: number; readonly group: number; readonly place: number }
  | { readonly kind: 'send-acknowledged'; readonly number: number }
  | { readonly kind: 'receive-began'; readonly receive: number }
  | { readonly kind: 'received'; readonly receive: number; readonly number: number; readonly intact: boolean }
  | { readonly kind: 'delete-began'; readonly number: number }
  | { readonly kind: 'delete-acknowledged'; readonly number: number }
  | { readonly kind: 'move-acknowledged' }
  | { readonly kind: 'killed' }
  | { readonly kind: 'drained'; readonly left: Readonly<Record<string, number>> };

/** What the client of a platform saw, from the first start to the last drain. */
export type Journal = readonly Fact[];
