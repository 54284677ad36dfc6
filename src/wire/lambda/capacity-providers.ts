import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { notFound, unsupported } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

// Capacity providers are machines that AWS starts for functions; here all functions run on this one. Each answer is what AWS gives
// an account that has none of them.

/** `GET /2025-11-30/capacity-providers` → none. */
export function listCapacityProviders(): RestAnswer {
  return { status: 200, body: { CapacityProviders: [] } };
}

/** `POST /2025-11-30/capacity-providers`: there are none to be made here. @throws always. */
export function createCapacityProvider(): RestAnswer {
  throw unsupported('A capacity provider');
}

/** `GET`, `PUT` or `DELETE /2025-11-30/capacity-providers/{CapacityProviderName}`, and its functions: it is not there. @throws always. */
export function noCapacityProvider({ labels }: RestCall): RestAnswer {
  throw notFound(`Capacity provider not found: ${labels['CapacityProviderName'] ?? ''}`);
}

/** `GET` or `PUT /2025-11-30/functions/{FunctionName}/function-scaling-config?Qualifier`: of functions on capacity providers alone. @throws always. */
export function noScalingConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  existingFunction(call, rooms);
  throw unsupported('The scaling configuration of a function that is on no capacity provider');
}
