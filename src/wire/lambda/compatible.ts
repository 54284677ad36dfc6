/** For which processors a layer may be said to be. */
export const COMPATIBLE_ARCHITECTURES = { most: 2, item: { values: ['x86_64', 'arm64'] } } as const;

/**
 * For which runtimes: 15 of AWS's names. Every name of one of its families is taken, also of a runtime that this server does not
 * have: layers outlive the list.
 */
export const COMPATIBLE_RUNTIMES = {
  most: 15,
  item: { pattern: /^((nodejs|python|java|dotnet|dotnetcore|ruby|go|provided)[a-z0-9.-]*|custom)$/ },
} as const;
