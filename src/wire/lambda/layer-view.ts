import { layerArn, layerVersionArn, type LayerVersion } from '../../function/layer.ts';
import { lambdaTime } from './function-view.ts';

/** A layer version in a list. */
export function layerView(layer: LayerVersion): Readonly<Record<string, unknown>> {
  const { version, description, licence, runtimes, architectures, createdAtMs } = layer;
  return {
    LayerVersionArn: layerVersionArn(layer),
    Version: version,
    Description: description,
    CreatedDate: lambdaTime(createdAtMs),
    ...(runtimes.length > 0 && { CompatibleRuntimes: runtimes }),
    ...(architectures.length > 0 && { CompatibleArchitectures: architectures }),
    ...(licence !== '' && { LicenseInfo: licence }),
  };
}

/** A layer version by itself; `location` is where its zip can be fetched. */
export function wholeLayerView(layer: LayerVersion, location: string): Readonly<Record<string, unknown>> {
  const { sha256, sizeBytes } = layer;
  return {
    Content: {
      Location: location,
      CodeSha256: Buffer.from(sha256, 'hex').toString('base64'),
      CodeSize: sizeBytes,
    },
    LayerArn: layerArn(layer.key),
    ...layerView(layer),
  };
}
