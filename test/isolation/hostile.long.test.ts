import { whoCanRun } from './ground.ts';
import { hostileSuite, volumeSuite } from './hostile-suite.ts';

// Where this user is root, an ordinary one can be tried as well; else the short test has done so.
for (const who of whoCanRun()) if (who !== 'this user') hostileSuite(who);

volumeSuite('this user');
