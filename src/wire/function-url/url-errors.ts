import type { Answer } from '../door.ts';
import { refusalError, type AwsError } from '../errors.ts';

/** The function failed, or its answer is none: the caller is not told more. */
export const INTERNAL: AwsError = {
  type: 'InternalServerErrorException',
  status: 502,
  message: 'Internal Server Error',
};

/** There is no such URL (any more). */
export const FORBIDDEN: AwsError = refusalError({ kind: 'no-such-url' });

/** The request, made an event, is larger than an event may be. */
export function tooLarge(limitBytes: number): AwsError {
  return {
    type: 'RequestEntityTooLargeException',
    status: 413,
    message: `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`,
  };
}

/** An error as callers of a function URL see it. */
export function errorAnswer({ status, type, message }: AwsError): Answer {
  return {
    status,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', type],
    body: JSON.stringify({ Message: message }),
  };
}
