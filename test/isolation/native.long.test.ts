import { whoCanRun } from './ground.ts';
import { nativeSuite } from './native-suite.ts';

for (const who of whoCanRun()) nativeSuite(who);
