import {
  codeSigningArn,
  type CodeSigningConfig,
  type CodeSigningSettings,
} from '../../function/code-signing.ts';
import type { FunctionKey } from '../../function/function.ts';
import type { Members, TextRule } from '../members.ts';
import { RestError, type RestCall } from '../rest-protocol.ts';
import { lambdaTime } from './function-view.ts';
import { notFound, unsupported } from './lambda-errors.ts';
import { ANY_ARN, readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** How the service model spells the ARN of a code signing configuration. */
export const CODE_SIGNING_ARN: TextRule = {
  ...{ required: true, most: 200 },
  pattern:
    /^arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}$/,
};

/** Reads `AllowedPublishers`, `CodeSigningPolicies` and `Description`. Ends the reading of `members`. */
export function readCodeSigning(members: Members, required: boolean): Partial<CodeSigningSettings> {
  const description = members.text('Description', { most: 256 });
  const allowed = members.structure('AllowedPublishers');
  if (allowed === undefined && required) members.missing('AllowedPublishers');
  const rule = { required: true, least: 1, most: 20, item: ANY_ARN };
  const publishers = allowed?.textList('SigningProfileVersionArns', rule);
  const policies = members.structure('CodeSigningPolicies');
  const policy = policies?.text('UntrustedArtifactOnDeployment', { values: ['Warn', 'Enforce'] });
  members.end();
  // No signature is looked at here: a promise to refuse unsigned code would not be kept.
  if (policy === 'Enforce') throw unsupported('CodeSigningPolicies.UntrustedArtifactOnDeployment Enforce');
  return {
    ...(description !== undefined && { description }),
    ...(publishers !== undefined && { publishers }),
  };
}

/** The ARN in the path. */
export function readCodeSigningArn(call: RestCall): string {
  const name = 'CodeSigningConfigArn';
  return readParameter(name, call.labels[name], CODE_SIGNING_ARN) ?? '';
}

/** The configuration that the path names, of the caller's account and region; 404 when it is not there. */
export function existingCodeSigning(call: RestCall, { codeSigning }: LambdaRooms): CodeSigningConfig {
  const config = codeSigning.get(readCodeSigningArn(call));
  const { account, region } = call.caller;
  if (config?.account !== account || config.region !== region)
    throw codeSigningGone(readCodeSigningArn(call));
  return config;
}

/** 404 for a configuration that was to be read or changed. */
export function codeSigningGone(arn: string): RestError {
  return notFound(`The Lambda code signing configuration ${arn} can not be found.`);
}

function noCodeSigning(arn: string): RestError {
  return new RestError(
    404,
    'CodeSigningConfigNotFoundException',
    `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
  );
}

/** Does `work`, by which a function comes to name a configuration of its own account and region; 404 when that is not there. */
export async function signedBy<Outcome>(
  arn: string,
  { account, region }: FunctionKey,
  { codeSigning }: LambdaRooms,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { account: owner, region: home } = codeSigning.get(arn) ?? {};
  if (owner !== account || home !== region) throw noCodeSigning(arn);
  const done = await codeSigning.whileThere(arn, work);
  if (done === undefined) throw noCodeSigning(arn);
  return done;
}

/** A configuration as the Lambda API answers it. */
export function codeSigningView(config: CodeSigningConfig): Readonly<Record<string, unknown>> {
  const { description, publishers } = config.settings;
  return {
    CodeSigningConfigId: config.id,
    CodeSigningConfigArn: codeSigningArn(config),
    Description: description,
    AllowedPublishers: { SigningProfileVersionArns: publishers },
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
    LastModified: lambdaTime(config.modifiedAtMs),
  };
}
