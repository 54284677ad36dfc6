import { RestError, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { functionNotFound } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** The link in GetFunction's `Code.Location` → the zip. Not an operation of AWS, which answers from S3. */
export async function getCode(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const target = rooms.codeLinks.check(call.labels['FunctionName'] ?? '', call.query);
  if (target === undefined) {
    throw new RestError(
      403,
      'AccessDeniedException',
      'This link has expired, or was not made by this server.',
    );
  }
  const record = rooms.functions.resolve(target);
  if (record === undefined) throw functionNotFound(target);
  const zip = await rooms.functions.code(record);
  return { status: 200, headers: { 'Content-Type': 'application/zip' }, body: zip };
}
