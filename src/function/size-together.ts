import type { FunctionSettings } from './function.ts';
import type { PackageRefused } from './functions.ts';
import { LARGEST_UNPACKED_BYTES } from './limits.ts';

/** Why code with its layers takes more room than AWS allows; undefined when it does not. */
export function tooLargeTogether(
  { layers = [] }: Pick<FunctionSettings, 'layers'>,
  codeBytes: number,
): PackageRefused | undefined {
  const sizeBytes = layers.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, codeBytes);
  if (sizeBytes <= LARGEST_UNPACKED_BYTES) return undefined;
  const reason =
    'Function code combined with layers exceeds the maximum allowed size of ' +
    `${LARGEST_UNPACKED_BYTES} bytes. The actual size is ${sizeBytes} bytes.`;
  return { kind: 'package-too-large', reason };
}
