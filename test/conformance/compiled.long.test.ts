import { goClient, javaClient, type Built } from './clients/built.ts';
import { lineClient } from './clients/lines.ts';
import { testThrough, type Through } from './through.ts';

const [go, java] = [await goClient(), await javaClient()];

await testThrough(
  { name: 'aws-sdk-go-v2', protocol: 'json', open: opener(go) },
  { name: 'AWS SDK for Java 2', protocol: 'json', open: opener(java) },
);

function opener(built: Built | string): Through['open'] {
  return typeof built === 'string' ? built : (url) => lineClient(built(url));
}
