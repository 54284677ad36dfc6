import { hostileSuite } from './hostile-suite.ts';

hostileSuite('this user');
