import { javascriptClient } from './clients/javascript.ts';
import { testThrough } from './through.ts';

await testThrough({ name: 'AWS SDK for JavaScript', protocol: 'json', open: javascriptClient });
