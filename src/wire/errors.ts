/** An error as AWS's clients see it; each protocol writes it in its own form. */
export interface AwsError {
  /** The name of the error's shape: `QueueDoesNotExist`. */
  readonly type: string;
  /** The code of the older Query protocol, where it differs from `type`; clients of SQS see it in the JSON protocol too. */
  readonly queryCode?: string;
  readonly status: number;
  /** A sentence for the person who reads it. */
  readonly message: string;
  /** What the older Query protocol says, where it differs from `message`. */
  readonly queryMessage?: string;
}

/** Why a request got no further than the server's own checks, whatever API it speaks. */
export type Refusal =
  | { readonly kind: 'web-page'; readonly why: string }
  | { readonly kind: 'no-such-url' }
  | { readonly kind: 'sandboxed-peer' }
  | { readonly kind: 'body-too-large'; readonly limitBytes: number }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'not-signed' }
  | { readonly kind: 'signature-unreadable'; readonly why: string }
  | { readonly kind: 'key-unknown' }
  | { readonly kind: 'signature-wrong' }
  | { readonly kind: 'signature-out-of-time'; readonly why: string }
  | {
      readonly kind: 'action-not-allowed';
      /** The ARN of who asked. */
      readonly who: string;
      readonly action: string;
      /** What follows `because`. */
      readonly why: string;
    };

type Row<Kind extends Refusal['kind']> = (refusal: Extract<Refusal, { kind: Kind }>) => AwsError;

/** The table of refusals; the tables of the single APIs stand with them (`sqs/sqs-errors.ts`, `lambda/lambda-errors.ts`). */
const REFUSALS: { readonly [Kind in Refusal['kind']]: Row<Kind> } = {
  'web-page': ({ why }) => ({ type: 'AccessDenied', status: 403, message: why }),
  'no-such-url': () => ({ type: 'AccessDeniedException', status: 403, message: 'Forbidden' }),
  'sandboxed-peer': () => ({
    type: 'AccessDenied',
    status: 403,
    message: 'This endpoint is not for functions: inside a function use the endpoint in AWS_ENDPOINT_URL.',
  }),
  'body-too-large': ({ limitBytes }) => ({
    type: 'RequestEntityTooLargeException',
    status: 413,
    message: `Request must be smaller than ${limitBytes} bytes.`,
  }),
  overloaded: () => unavailable('Too much is waiting at this moment. Try again later.'),
  stopping: () => unavailable('The server is stopping. Try again later.'),
  'disk-full': () => unavailable('There is too little free disk space to accept this. Try again later.'),
  broken: () => ({
    type: 'InternalFailure',
    status: 500,
    message: 'The request could not be processed because of an error of the server.',
  }),
  'not-signed': () => ({
    type: 'MissingAuthenticationTokenException',
    queryCode: 'MissingAuthenticationToken',
    status: 403,
    message: 'The request must be signed with an access key (Signature Version 4).',
  }),
  'signature-unreadable': ({ why }) => ({
    type: 'IncompleteSignatureException',
    queryCode: 'IncompleteSignature',
    status: 400,
    message: why,
  }),
  'key-unknown': () => ({
    type: 'UnrecognizedClientException',
    queryCode: 'InvalidClientTokenId',
    status: 403,
    message: 'The security token included in the request is invalid.',
  }),
  'signature-wrong': () =>
    invalidSignature(
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method.',
    ),
  'signature-out-of-time': ({ why }) => invalidSignature(why),
  'action-not-allowed': ({ who, action, why }) => ({
    type: 'AccessDeniedException',
    queryCode: 'AccessDenied',
    status: 403,
    message: `User: ${who} is not authorized to perform: ${action} because ${why}`,
  }),
};

function invalidSignature(message: string): AwsError {
  return { type: 'InvalidSignatureException', queryCode: 'SignatureDoesNotMatch', status: 403, message };
}

function unavailable(message: string): AwsError {
  return { type: 'ServiceUnavailable', status: 503, message };
}

/** What a client is told of a refusal. */
export function refusalError(refusal: Refusal): AwsError {
  return (REFUSALS[refusal.kind] as (refusal: Refusal) => AwsError)(refusal);
}
