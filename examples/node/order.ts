export interface Order {
  items: { price: number; count?: number }[];
}

/** What the order costs. Throws for what is no order. */
export function totalOf({ items }: Order): number {
  return items.reduce((sum, { price, count = 1 }) => sum + price * count, 0);
}
