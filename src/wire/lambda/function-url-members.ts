import type { Cors, FunctionUrlSettings } from '../../function/function-urls.ts';
import type { Members } from '../members.ts';
import { invalidParameter } from './lambda-errors.ts';

/** What a request says of a URL; what it does not say stays. */
export type GivenUrlSettings = Partial<Omit<FunctionUrlSettings, 'cors'>> & {
  /** `null`: no page of another origin is let in any more. */
  readonly cors?: Cors | null;
};

const HEADERS = { most: 100, item: { most: 1024 } };
/** The service model allows six letters; CloudFormation's page of `AWS::Lambda::Url` names those that are taken. */
const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'DELETE', '*'];
const LONGEST_AGE_S = 86_400;

/** Reads `AuthType`, `InvokeMode` and `Cors`. Ends the reading of `members`. */
export function readUrlSettings(members: Members, rule: { readonly required: boolean }): GivenUrlSettings {
  const authType = members.text('AuthType', { ...rule, values: ['NONE', 'AWS_IAM'] });
  const invokeMode = members.text('InvokeMode', { values: ['BUFFERED', 'RESPONSE_STREAM'] });
  const cors = readCors(members.structure('Cors'));
  members.end();
  return {
    ...(authType !== undefined && { authType: authType as FunctionUrlSettings['authType'] }),
    ...(invokeMode !== undefined && { invokeMode: invokeMode as FunctionUrlSettings['invokeMode'] }),
    ...(cors !== undefined && { cors: checked(cors) }),
  };
}

/** Settings as they are with what a request says. */
export function withGiven(
  before: FunctionUrlSettings,
  { cors, ...given }: GivenUrlSettings,
): FunctionUrlSettings {
  const { cors: kept, ...others } = { ...before, ...given };
  const chosen = cors === undefined ? kept : cors;
  return chosen === null || chosen === undefined ? others : { ...others, cors: chosen };
}

function readCors(members: Members | undefined): Cors | undefined {
  if (members === undefined) return undefined;
  const read = {
    allowCredentials: members.flag('AllowCredentials'),
    allowHeaders: members.textList('AllowHeaders', HEADERS),
    allowMethods: members.textList('AllowMethods', { most: 6, item: { values: METHODS } }),
    allowOrigins: members.textList('AllowOrigins', { most: 100, item: { least: 1, most: 253 } }),
    exposeHeaders: members.textList('ExposeHeaders', HEADERS),
    maxAgeS: members.whole('MaxAge', { least: 0, most: LONGEST_AGE_S }),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as Cors;
}

/** A Cors without any member takes the one that was away. What would not be one header is no value of Cors. */
function checked(cors: Cors): Cors | null {
  if (Object.keys(cors).length === 0) return null;
  const { allowHeaders = [], allowOrigins = [], exposeHeaders = [] } = cors;
  for (const text of [...allowHeaders, ...allowOrigins, ...exposeHeaders]) {
    if (!/^[\x21-\x7e]*$/.test(text))
      throw invalidParameter('Cors takes names and origins of printable characters without spaces.');
  }
  return cors;
}
