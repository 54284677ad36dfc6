'use strict';

/** @type {Record<string, string | undefined>} */
let ofFunction = {};

/** Reads from the variables what is the same for all invocations: each look at them takes time. */
exports.configure = function configure() {
  const { env } = process;
  ofFunction = {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
};

/**
 * What a handler gets as its second argument.
 * @param {any} meta what the platform says of this invocation
 * @param {(error: unknown, result?: unknown) => void} done
 */
exports.contextFor = function contextFor(meta, done) {
  const endMs = performance.now() + meta.remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: ofFunction.functionName,
    functionVersion: ofFunction.functionVersion,
    memoryLimitInMB: ofFunction.memoryLimitInMB,
    logGroupName: ofFunction.logGroupName,
    logStreamName: ofFunction.logStreamName,
    invokedFunctionArn: meta.functionArn,
    awsRequestId: meta.requestId,
    clientContext: meta.clientContext === undefined ? undefined : JSON.parse(meta.clientContext),
    identity: undefined,
    tenantId: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(endMs - performance.now())),
    done: (/** @type {unknown} */ error, /** @type {unknown} */ result) => done(error, result),
    succeed: (/** @type {unknown} */ result) => done(null, result),
    fail: (/** @type {unknown} */ error) => done(error ?? 'handled'),
  };
};
