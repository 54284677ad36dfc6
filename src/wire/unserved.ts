import { credentialOf, parseCredentialScope } from './caller.ts';
import type { Answer, RequestHead } from './door.ts';
import { isForm } from './form.ts';
import { xmlElement, xmlText } from './xml.ts';

/** The services that there are doors for, as credential scopes call them. */
const SERVED: ReadonlySet<string> = new Set(['sqs', 'lambda', 'sts']);

/** Services that speak XML without a form. */
const REST_XML: ReadonlySet<string> = new Set(['cloudfront', 'route53', 's3control']);

const STATUS = 400;
const TYPE = 'UnknownOperationException';

/**
 * The answer to a request that was made for a service of AWS which is not here, in a form that clients of that service
 * read, so that people see why their tool goes no further. Undefined when the request names no such service: a service
 * shows by the scope of its signature.
 */
export function unservedAnswer(head: RequestHead): Answer | undefined {
  const service = parseCredentialScope(credentialOf(head))?.service;
  if (service === undefined || SERVED.has(service)) return undefined;
  return inFormOf(service, head, `This server has no service ${service}: it speaks SQS, Lambda and STS.`);
}

function inFormOf(service: string, head: RequestHead, message: string): Answer {
  const { requestId, headers } = head;
  if (headers['x-amz-target'] !== undefined) {
    const contentType = headers['content-type'] ?? 'application/x-amz-json-1.1';
    return answer(contentType, JSON.stringify({ __type: TYPE, message }));
  }
  const error = xmlElement('Code', TYPE) + xmlElement('Message', xmlText(message));
  const id = xmlElement('RequestId', requestId);
  if (service === 's3') return xml(xmlElement('Error', error + id));
  if (service === 'ec2') {
    const errors = xmlElement('Errors', xmlElement('Error', error));
    return xml(xmlElement('Response', errors + xmlElement('RequestID', requestId)));
  }
  if (isForm(head) || REST_XML.has(service)) {
    return xml(xmlElement('ErrorResponse', xmlElement('Error', xmlElement('Type', 'Sender') + error) + id));
  }
  return answer('application/json', JSON.stringify({ message }), ['x-amzn-ErrorType', TYPE]);
}

function xml(content: string): Answer {
  return answer('text/xml', `<?xml version="1.0"?>${content}`);
}

function answer(contentType: string, body: string, headers: readonly string[] = []): Answer {
  return { status: STATUS, headers: ['Content-Type', contentType, ...headers], body };
}
