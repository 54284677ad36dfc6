// The syntax of this file is old on purpose: a Node too old for the program must still be able to say so.
import process from 'node:process';

const OLDEST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    'millrace needs Node ' + OLDEST_NODE + ' or newer; this is Node ' + process.versions.node + '.\n',
  );
  process.exitCode = 1;
} else {
  import('../src/main.js').catch(function (error) {
    process.stderr.write('millrace: ' + (error && error.stack ? error.stack : error) + '\n');
    process.exitCode = 1;
  });
}
