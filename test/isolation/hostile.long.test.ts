import { hostileSuite } from './hostile-suite.ts';
import { whoCanRun } from './ground.ts';

// Where this user is root, an ordinary one can be tried as well; else the short test has done so.
for (const who of whoCanRun()) if (who !== 'this user') hostileSuite(who);
