/** A request as a function URL hands it over: a loud one. */
export function urlEvent(method: string, path: string, body?: string): object {
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: 'loud=yes',
    queryStringParameters: { loud: 'yes' },
    headers: { host: 'f.example', 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
    requestContext: {
      http,
      accountId: 'anonymous',
      apiId: 'f',
      domainName: 'f.example',
      domainPrefix: 'f',
      requestId: 'r',
      routeKey: '$default',
      stage: '$default',
      time: '25/Nov/2026:00:00:00 +0000',
      timeEpoch: 1,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}
