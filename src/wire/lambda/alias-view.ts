import type { Alias } from '../../function/aliases.ts';
import { targetArn, type FunctionKey } from '../../function/function.ts';

/** An alias's ARN. */
export function aliasArn(key: FunctionKey, name: string): string {
  return targetArn({ ...key, qualifier: name });
}

/** An alias as the Lambda API answers it. */
export function aliasView(alias: Alias): Readonly<Record<string, unknown>> {
  const { version, description, additional } = alias.settings;
  return {
    AliasArn: aliasArn(alias.function, alias.name),
    Name: alias.name,
    FunctionVersion: version,
    Description: description,
    ...(additional !== undefined && {
      RoutingConfig: { AdditionalVersionWeights: { [additional.version]: additional.weight } },
    }),
    RevisionId: alias.revisionId,
  };
}
