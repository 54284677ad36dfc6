// Brings a fresh copy of the project to where `npm start` and `npm test` can run. Safe to run again at any time.
// The syntax of this file is old on purpose: a Node too old for the rest must still be able to say so.
import process from 'node:process';

const OLDEST_NODE = 20;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    'Millrace needs Node ' +
      OLDEST_NODE +
      ' or newer to set itself up; this is Node ' +
      process.versions.node +
      '.\n',
  );
  process.exitCode = 1;
} else {
  import('./setup/run.mjs')
    .then(function (module) {
      return module.runSetup();
    })
    .then(
      function (code) {
        process.exitCode = code;
      },
      function (error) {
        process.stderr.write('set-up failed: ' + (error && error.stack ? error.stack : error) + '\n');
        process.exitCode = 1;
      },
    );
}
