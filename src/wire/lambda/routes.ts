import type { RestRoute } from '../rest-protocol.ts';
import { addPermission } from './add-permission.ts';
import { getRuntimeManagementConfig, putRuntimeManagementConfig } from './always-so.ts';
import {
  createCapacityProvider,
  listCapacityProviders,
  noCapacityProvider,
  noScalingConfig,
} from './capacity-providers.ts';
import {
  createCodeSigningConfig,
  deleteCodeSigningConfig,
  getCodeSigningConfig,
  listCodeSigningConfigs,
  listFunctionsByCodeSigningConfig,
  updateCodeSigningConfig,
} from './code-signing-configs.ts';
import { createAlias } from './create-alias.ts';
import { deleteAlias } from './delete-alias.ts';
import { deleteLayerVersion } from './delete-layer-version.ts';
import { getLayerContent, getLayerVersion } from './get-layer-version.ts';
import {
  addLayerVersionPermission,
  getLayerVersionPolicy,
  removeLayerVersionPermission,
} from './layer-policy.ts';
import { listLayers, listLayerVersions } from './list-layers.ts';
import { publishLayerVersion } from './publish-layer-version.ts';
import { deleteFunctionConcurrency } from './delete-function-concurrency.ts';
import { getAlias } from './get-alias.ts';
import { listAliases } from './list-aliases.ts';
import { listVersionsByFunction } from './list-versions-by-function.ts';
import { publishVersion } from './publish-version.ts';
import {
  deleteProvisionedConcurrencyConfig,
  getProvisionedConcurrencyConfig,
  putProvisionedConcurrencyConfig,
} from './provisioned-concurrency.ts';
import { putFunctionConcurrency } from './put-function-concurrency.ts';
import { updateAlias } from './update-alias.ts';
import { createEventSourceMapping } from './create-event-source-mapping.ts';
import { createFunction } from './create-function.ts';
import { listDurableExecutions, noDurableCallback, noDurableExecution } from './durable-executions.ts';
import { deleteEventSourceMapping } from './delete-event-source-mapping.ts';
import { deleteFunction } from './delete-function.ts';
import {
  deleteFunctionEventInvokeConfig,
  getFunctionEventInvokeConfig,
  listFunctionEventInvokeConfigs,
  putFunctionEventInvokeConfig,
  updateFunctionEventInvokeConfig,
} from './event-invoke-config.ts';
import {
  deleteFunctionCodeSigningConfig,
  getFunctionCodeSigningConfig,
  putFunctionCodeSigningConfig,
} from './function-code-signing.ts';
import {
  createFunctionUrlConfig,
  deleteFunctionUrlConfig,
  getFunctionUrlConfig,
  listFunctionUrlConfigs,
  updateFunctionUrlConfig,
} from './function-url-config.ts';
import { getAccountSettings } from './get-account-settings.ts';
import { getCode } from './get-code.ts';
import { getEventSourceMapping } from './get-event-source-mapping.ts';
import { getFunctionConcurrency } from './get-function-concurrency.ts';
import { getFunctionConfiguration } from './get-function-configuration.ts';
import { getFunction } from './get-function.ts';
import { getPolicy } from './get-policy.ts';
import { LARGEST_SYNC_BYTES } from './invocation.ts';
import { invokeWithResponseStream } from './invoke-with-response-stream.ts';
import { invoke, invokeAsync } from './invoke.ts';
import { listEventSourceMappings } from './list-event-source-mappings.ts';
import { listFunctions } from './list-functions.ts';
import { listTags } from './list-tags.ts';
import { getFunctionRecursionConfig, putFunctionRecursionConfig } from './recursion-config.ts';
import { removePermission } from './remove-permission.ts';
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from './resource-policy.ts';
import type { LambdaRooms } from './rooms.ts';
import { tagResource } from './tag-resource.ts';
import { untagResource } from './untag-resource.ts';
import { updateEventSourceMapping } from './update-event-source-mapping.ts';
import { updateFunctionCode } from './update-function-code.ts';
import { updateFunctionConfiguration } from './update-function-configuration.ts';

/** The largest request that carries a package: 50 MB of zip as base64, and the rest (AWS). */
const LARGEST_UPLOAD_BYTES = 70_167_211;

/** The largest request of every other kind. */
const LARGEST_REQUEST_BYTES = 1_048_576;

const FUNCTIONS = '/2015-03-31/functions';
const ONE_FUNCTION = `${FUNCTIONS}/{FunctionName}`;
/** IAM knows one action for both ways to invoke. */
const STREAMING = '/2021-11-15/functions/{FunctionName}/response-streaming-invocations';
const OLD_ASYNC = '/2014-11-13/functions/{FunctionName}/invoke-async';
const ONE_ALIAS = `${ONE_FUNCTION}/aliases/{Name}`;
const CONCURRENCY = '/2017-10-31/functions/{FunctionName}/concurrency';
const READ_CONCURRENCY = '/2019-09-30/functions/{FunctionName}/concurrency';
const EVENT_INVOKE = '/2019-09-25/functions/{FunctionName}/event-invoke-config';
const PROVISIONED = '/2019-09-30/functions/{FunctionName}/provisioned-concurrency';
const RECURSION = '/2024-08-31/functions/{FunctionName}/recursion-config';
const POLICY = `${ONE_FUNCTION}/policy`;
const RESOURCE_POLICY = '/2026-07-09/resource-policy/{ResourceArn}';
const CODE_SIGNING = '/2020-06-30/functions/{FunctionName}/code-signing-config';
const CODE_SIGNINGS = '/2020-04-22/code-signing-configs';
const ONE_CODE_SIGNING = `${CODE_SIGNINGS}/{CodeSigningConfigArn}`;
const RUNTIME_MANAGEMENT = '/2021-07-20/functions/{FunctionName}/runtime-management-config';
const FUNCTION_URL = '/2021-10-31/functions/{FunctionName}/url';
const FUNCTION_URLS = '/2021-10-31/functions/{FunctionName}/urls';
const MAPPINGS = '/2015-03-31/event-source-mappings';
const ONE_MAPPING = `${MAPPINGS}/{UUID}`;
const LAYERS = '/2018-10-31/layers';
const LAYER_VERSIONS = `${LAYERS}/{LayerName}/versions`;
const ONE_LAYER_VERSION = `${LAYER_VERSIONS}/{VersionNumber}`;
const LAYER_POLICY = `${ONE_LAYER_VERSION}/policy`;
const TAGS = '/2017-03-31/tags/{Resource}';
const PROVIDERS = '/2025-11-30/capacity-providers';
const ONE_PROVIDER = `${PROVIDERS}/{CapacityProviderName}`;
const SCALING = '/2025-11-30/functions/{FunctionName}/function-scaling-config';
const EXECUTIONS = '/2025-12-01/functions/{FunctionName}/durable-executions';
const ONE_EXECUTION = '/2025-12-01/durable-executions/{DurableExecutionArn}';
const ONE_CALLBACK = '/2025-12-01/durable-execution-callbacks/{CallbackId}';

type Run = RestRoute<LambdaRooms>['run'];

function route(
  operation: string,
  method: string,
  path: string,
  run: Run,
  bodyLimitBytes = LARGEST_REQUEST_BYTES,
): RestRoute<LambdaRooms> {
  return { operation, method, path, run, bodyLimitBytes };
}

/** The Lambda API: where each operation answers. */
export const LAMBDA_ROUTES: readonly RestRoute<LambdaRooms>[] = [
  // First because it is asked most.
  route('InvokeFunction', 'POST', `${ONE_FUNCTION}/invocations`, invoke, LARGEST_SYNC_BYTES),
  route('InvokeFunction', 'POST', STREAMING, invokeWithResponseStream, LARGEST_SYNC_BYTES),
  route('InvokeFunction', 'POST', OLD_ASYNC, invokeAsync, LARGEST_SYNC_BYTES),
  route('CreateFunction', 'POST', FUNCTIONS, createFunction, LARGEST_UPLOAD_BYTES),
  route('ListFunctions', 'GET', FUNCTIONS, listFunctions),
  route('GetFunction', 'GET', ONE_FUNCTION, getFunction),
  route('DeleteFunction', 'DELETE', ONE_FUNCTION, deleteFunction),
  route('GetFunctionConfiguration', 'GET', `${ONE_FUNCTION}/configuration`, getFunctionConfiguration),
  route('UpdateFunctionConfiguration', 'PUT', `${ONE_FUNCTION}/configuration`, updateFunctionConfiguration),
  route('UpdateFunctionCode', 'PUT', `${ONE_FUNCTION}/code`, updateFunctionCode, LARGEST_UPLOAD_BYTES),
  route('GetFunction', 'GET', `${ONE_FUNCTION}/code.zip`, getCode),
  route('PublishVersion', 'POST', `${ONE_FUNCTION}/versions`, publishVersion),
  route('ListVersionsByFunction', 'GET', `${ONE_FUNCTION}/versions`, listVersionsByFunction),
  route('CreateAlias', 'POST', `${ONE_FUNCTION}/aliases`, createAlias),
  route('ListAliases', 'GET', `${ONE_FUNCTION}/aliases`, listAliases),
  route('GetAlias', 'GET', ONE_ALIAS, getAlias),
  route('UpdateAlias', 'PUT', ONE_ALIAS, updateAlias),
  route('DeleteAlias', 'DELETE', ONE_ALIAS, deleteAlias),
  route('PutFunctionConcurrency', 'PUT', CONCURRENCY, putFunctionConcurrency),
  route('DeleteFunctionConcurrency', 'DELETE', CONCURRENCY, deleteFunctionConcurrency),
  route('GetFunctionConcurrency', 'GET', READ_CONCURRENCY, getFunctionConcurrency),
  route('PutFunctionEventInvokeConfig', 'PUT', EVENT_INVOKE, putFunctionEventInvokeConfig),
  route('UpdateFunctionEventInvokeConfig', 'POST', EVENT_INVOKE, updateFunctionEventInvokeConfig),
  route('GetFunctionEventInvokeConfig', 'GET', EVENT_INVOKE, getFunctionEventInvokeConfig),
  route('DeleteFunctionEventInvokeConfig', 'DELETE', EVENT_INVOKE, deleteFunctionEventInvokeConfig),
  route('ListFunctionEventInvokeConfigs', 'GET', `${EVENT_INVOKE}/list`, listFunctionEventInvokeConfigs),
  route('PutProvisionedConcurrencyConfig', 'PUT', PROVISIONED, putProvisionedConcurrencyConfig),
  route('GetProvisionedConcurrencyConfig', 'GET', PROVISIONED, getProvisionedConcurrencyConfig),
  route('DeleteProvisionedConcurrencyConfig', 'DELETE', PROVISIONED, deleteProvisionedConcurrencyConfig),
  route('PutFunctionRecursionConfig', 'PUT', RECURSION, putFunctionRecursionConfig),
  route('GetFunctionRecursionConfig', 'GET', RECURSION, getFunctionRecursionConfig),
  route('AddPermission', 'POST', POLICY, addPermission),
  route('GetPolicy', 'GET', POLICY, getPolicy),
  route('RemovePermission', 'DELETE', `${POLICY}/{StatementId}`, removePermission),
  route('PutResourcePolicy', 'PUT', RESOURCE_POLICY, putResourcePolicy),
  route('GetResourcePolicy', 'GET', RESOURCE_POLICY, getResourcePolicy),
  route('DeleteResourcePolicy', 'DELETE', RESOURCE_POLICY, deleteResourcePolicy),
  route('CreateCodeSigningConfig', 'POST', CODE_SIGNINGS, createCodeSigningConfig),
  route('ListCodeSigningConfigs', 'GET', CODE_SIGNINGS, listCodeSigningConfigs),
  route('GetCodeSigningConfig', 'GET', ONE_CODE_SIGNING, getCodeSigningConfig),
  route('UpdateCodeSigningConfig', 'PUT', ONE_CODE_SIGNING, updateCodeSigningConfig),
  route('DeleteCodeSigningConfig', 'DELETE', ONE_CODE_SIGNING, deleteCodeSigningConfig),
  route(
    'ListFunctionsByCodeSigningConfig',
    'GET',
    `${ONE_CODE_SIGNING}/functions`,
    listFunctionsByCodeSigningConfig,
  ),
  route('PutFunctionCodeSigningConfig', 'PUT', CODE_SIGNING, putFunctionCodeSigningConfig),
  route('GetFunctionCodeSigningConfig', 'GET', CODE_SIGNING, getFunctionCodeSigningConfig),
  route('DeleteFunctionCodeSigningConfig', 'DELETE', CODE_SIGNING, deleteFunctionCodeSigningConfig),
  route('GetRuntimeManagementConfig', 'GET', RUNTIME_MANAGEMENT, getRuntimeManagementConfig),
  route('PutRuntimeManagementConfig', 'PUT', RUNTIME_MANAGEMENT, putRuntimeManagementConfig),
  route('CreateFunctionUrlConfig', 'POST', FUNCTION_URL, createFunctionUrlConfig),
  route('GetFunctionUrlConfig', 'GET', FUNCTION_URL, getFunctionUrlConfig),
  route('UpdateFunctionUrlConfig', 'PUT', FUNCTION_URL, updateFunctionUrlConfig),
  route('DeleteFunctionUrlConfig', 'DELETE', FUNCTION_URL, deleteFunctionUrlConfig),
  route('ListFunctionUrlConfigs', 'GET', FUNCTION_URLS, listFunctionUrlConfigs),
  route('CreateEventSourceMapping', 'POST', MAPPINGS, createEventSourceMapping),
  route('ListEventSourceMappings', 'GET', MAPPINGS, listEventSourceMappings),
  route('GetEventSourceMapping', 'GET', ONE_MAPPING, getEventSourceMapping),
  route('UpdateEventSourceMapping', 'PUT', ONE_MAPPING, updateEventSourceMapping),
  route('DeleteEventSourceMapping', 'DELETE', ONE_MAPPING, deleteEventSourceMapping),
  route('PublishLayerVersion', 'POST', LAYER_VERSIONS, publishLayerVersion, LARGEST_UPLOAD_BYTES),
  route('ListLayerVersions', 'GET', LAYER_VERSIONS, listLayerVersions),
  route('ListLayers', 'GET', LAYERS, listLayers),
  route('GetLayerVersion', 'GET', ONE_LAYER_VERSION, getLayerVersion),
  route('GetLayerVersion', 'GET', `${ONE_LAYER_VERSION}/content.zip`, getLayerContent),
  route('DeleteLayerVersion', 'DELETE', ONE_LAYER_VERSION, deleteLayerVersion),
  route('AddLayerVersionPermission', 'POST', LAYER_POLICY, addLayerVersionPermission),
  route('GetLayerVersionPolicy', 'GET', LAYER_POLICY, getLayerVersionPolicy),
  route(
    'RemoveLayerVersionPermission',
    'DELETE',
    `${LAYER_POLICY}/{StatementId}`,
    removeLayerVersionPermission,
  ),
  route('TagResource', 'POST', TAGS, tagResource),
  route('ListTags', 'GET', TAGS, listTags),
  route('UntagResource', 'DELETE', TAGS, untagResource),
  route('GetAccountSettings', 'GET', '/2016-08-19/account-settings', getAccountSettings),
  route('ListCapacityProviders', 'GET', PROVIDERS, listCapacityProviders),
  route('CreateCapacityProvider', 'POST', PROVIDERS, createCapacityProvider),
  route('GetCapacityProvider', 'GET', ONE_PROVIDER, noCapacityProvider),
  route('UpdateCapacityProvider', 'PUT', ONE_PROVIDER, noCapacityProvider),
  route('DeleteCapacityProvider', 'DELETE', ONE_PROVIDER, noCapacityProvider),
  route(
    'ListFunctionVersionsByCapacityProvider',
    'GET',
    `${ONE_PROVIDER}/function-versions`,
    noCapacityProvider,
  ),
  route('GetFunctionScalingConfig', 'GET', SCALING, noScalingConfig),
  route('PutFunctionScalingConfig', 'PUT', SCALING, noScalingConfig),
  route('ListDurableExecutionsByFunction', 'GET', EXECUTIONS, listDurableExecutions),
  route('GetDurableExecution', 'GET', ONE_EXECUTION, noDurableExecution),
  route('DeleteDurableExecution', 'DELETE', ONE_EXECUTION, noDurableExecution),
  route('GetDurableExecutionHistory', 'GET', `${ONE_EXECUTION}/history`, noDurableExecution),
  route('GetDurableExecutionState', 'GET', `${ONE_EXECUTION}/state`, noDurableExecution),
  route('CheckpointDurableExecution', 'POST', `${ONE_EXECUTION}/checkpoint`, noDurableExecution),
  route('StopDurableExecution', 'POST', `${ONE_EXECUTION}/stop`, noDurableExecution),
  route('PauseDurableExecution', 'POST', `${ONE_EXECUTION}/pause`, noDurableExecution),
  route('ResumeDurableExecution', 'POST', `${ONE_EXECUTION}/resume`, noDurableExecution),
  route('SendDurableExecutionCallbackSuccess', 'POST', `${ONE_CALLBACK}/succeed`, noDurableCallback),
  route('SendDurableExecutionCallbackFailure', 'POST', `${ONE_CALLBACK}/fail`, noDurableCallback),
  route('SendDurableExecutionCallbackHeartbeat', 'POST', `${ONE_CALLBACK}/heartbeat`, noDurableCallback),
];
