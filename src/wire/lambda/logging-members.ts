import type { FunctionSettings } from '../../function/function.ts';
import type { Members } from '../members.ts';
import { invalidParameter, unsupported } from './lambda-errors.ts';

const APPLICATION_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const SYSTEM_LEVELS = ['DEBUG', 'INFO', 'WARN'];

type Logging = Pick<FunctionSettings, 'logFormat' | 'applicationLogLevel' | 'systemLogLevel'>;

/**
 * `LoggingConfig`: what it says, given what holds until now. Levels belong to the JSON format: choosing the format anew
 * sets those that are not named to INFO.
 */
export function readLogging(members: Members, functionName: string, now?: Logging): Partial<Logging> {
  const logging = members.structure('LoggingConfig');
  if (logging === undefined) return {};
  // A function's log has one place. A client that repeats it, as it read it from here, is right.
  const group = logging.text('LogGroup');
  if (group && group !== `/aws/lambda/${functionName.slice(functionName.lastIndexOf(':') + 1)}`) {
    throw unsupported('LoggingConfig.LogGroup');
  }
  const format = logging.text('LogFormat', { values: ['JSON', 'Text'] });
  const application = logging.text('ApplicationLogLevel', { values: APPLICATION_LEVELS });
  const system = logging.text('SystemLogLevel', { values: SYSTEM_LEVELS });
  const isJson = (format ?? now?.logFormat) === 'JSON';
  if (!isJson && (application !== undefined || system !== undefined)) {
    throw invalidParameter(
      'LogLevel is not supported when LogFormat is set to "Text". ' +
        'Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
    );
  }
  const unnamed = format === undefined ? {} : { applicationLogLevel: 'INFO', systemLogLevel: 'INFO' };
  return {
    ...(format !== undefined && { logFormat: format }),
    ...unnamed,
    ...(application !== undefined && { applicationLogLevel: application }),
    ...(system !== undefined && { systemLogLevel: system }),
  } as Partial<Logging>;
}
