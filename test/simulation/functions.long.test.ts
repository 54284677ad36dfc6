import { test } from 'node:test';
import { everySeedHolds } from './seeds.ts';

test('two hundred seeds of functions keep every promise, each the same twice', () =>
  everySeedHolds(200, 'functions'));
