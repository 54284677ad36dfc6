import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from './options.ts';

describe('the options of npm start', () => {
  it('have defaults', () => {
    assert.deepEqual(readOptions([], '/project'), {
      exit: false,
      clicks: undefined,
      rate: 500,
      replay: undefined,
      speed: undefined,
      data: '/project/.data',
      port: 4566,
      seed: undefined,
      classic: false,
    });
  });

  it('are read as numbers and paths', () => {
    const given = [
      '--exit',
      '--clicks',
      '10',
      '--rate',
      '5',
      '--replay',
      '/etc/passwd',
      '--data',
      '/d',
      '--port',
      '0',
    ];
    assert.deepEqual(readOptions([...given, '--classic', '--seed', '9'], '/project'), {
      exit: true,
      clicks: 10,
      rate: 5,
      replay: '/etc/passwd',
      speed: undefined,
      data: '/d',
      port: 0,
      seed: 9,
      classic: true,
    });
  });

  for (const [given, said] of [
    [['--nope'], /unknown option '--nope'/],
    [['--clicks', 'many'], /whole number from 0/],
    [['--rate', '0'], /whole number from 1/],
    [['--port', '70000'], /to 65535/],
    [['--replay', '/not/there'], /no such file/],
    [['extra'], /too many arguments/],
  ] as const) {
    it(`refuse ${given.join(' ')} and say why`, () => {
      let text = '';
      const result = readOptions(given, '/project', (part) => (text += part));
      assert.deepEqual(result, { exitCode: 1 });
      assert.match(text, said);
    });
  }

  it('show the help and do not start', () => {
    let text = '';
    assert.deepEqual(
      readOptions(['--help'], '/project', (part) => (text += part)),
      { exitCode: 0 },
    );
    assert.match(text, /--exit[^]*--classic/);
  });
});
