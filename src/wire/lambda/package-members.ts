import type { FunctionSettings } from '../../function/function.ts';
import type { Members } from '../members.ts';
import { invalidParameter } from './lambda-errors.ts';

/** Where AWS would fetch a package; this server takes it in the request alone. */
const ELSEWHERE: readonly string[] = [
  'S3Bucket',
  'S3Key',
  'S3ObjectVersion',
  'ImageUri',
  'SourceKMSKeyArn',
  'S3ObjectStorageMode',
];

/** The uploaded zip: `ZipFile`, base64. */
export function readZip(members: Members): Uint8Array {
  for (const option of ELSEWHERE) {
    if (members.says(option)) {
      throw invalidParameter(`${option} is not supported by this server: upload the package as ZipFile.`);
    }
  }
  const text = members.text('ZipFile');
  if (text === undefined) throw invalidParameter('Please provide a source for function code.');
  const zip = Buffer.from(text, 'base64');
  if (zip.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
  return zip;
}

/** `Architectures`, one of them; AWS's default when absent. */
export function readArchitecture(members: Members): FunctionSettings['architecture'] {
  const rule = { least: 1, most: 1, item: { values: ['x86_64', 'arm64'] }, solid: true };
  const [given] = members.textList('Architectures', rule) ?? [];
  members.end();
  return given === 'arm64' ? 'arm64' : 'x86_64';
}
