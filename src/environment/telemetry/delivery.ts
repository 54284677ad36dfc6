import type { ConnectInside } from './connect-inside.ts';
import { HttpDelivery } from './http-delivery.ts';
import type { Delivery } from './subscriber.ts';
import type { Destination } from './subscription.ts';
import { TcpDelivery } from './tcp-delivery.ts';

/** What brings batches to a listener inside an environment. */
export function delivery(destination: Destination, connectInside: ConnectInside): Delivery {
  return destination.protocol === 'HTTP'
    ? new HttpDelivery(destination, connectInside)
    : new TcpDelivery(destination.port, connectInside);
}
