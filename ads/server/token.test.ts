import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CLAIMS, NOW_MS } from './fixtures/test-server.ts';
import { KEY_KEPT_MS, KEY_LIFE_MS, rotated, withNewKey } from './key-ring.ts';
import { readToken, signToken, TOKEN_LIFE_MS } from './token.ts';

const ring = rotated({ keys: [] }, NOW_MS);
const key = ring.keys[0] ?? assert.fail('There is no key.');
const token = signToken(CLAIMS, key);

describe('a click token', () => {
  it('says what was signed', () => {
    assert.deepEqual(readToken(token, ring, NOW_MS), { kind: 'ok', kid: key.id, claims: CLAIMS });
    const named = { ...CLAIMS, placementId: 7, agentFamily: 'firefox', osFamily: 'linux' };
    assert.deepEqual(readToken(signToken(named, key), ring, NOW_MS), {
      kind: 'ok',
      kid: key.id,
      claims: named,
    });
  });

  it('is worth nothing when any of its characters is changed', () => {
    const changed = fc.tuple(fc.nat(token.length - 1), fc.constantFrom(...'AZaz09-_.'));
    fc.assert(
      fc.property(changed, ([at, character]) => {
        const other = token.slice(0, at) + character + token.slice(at + 1);
        const { kind } = readToken(other, ring, NOW_MS);
        return other === token ? kind === 'ok' : kind === 'forged' || kind === 'malformed';
      }),
    );
  });

  it('never makes the reader throw, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        assert.match(readToken(text, ring, NOW_MS).kind, /forged|malformed/);
      }),
    );
  });

  it('is expired after its life, and when it comes from the future', () => {
    assert.equal(readToken(token, ring, CLAIMS.servedAtMs + TOKEN_LIFE_MS).kind, 'ok');
    assert.equal(readToken(token, ring, CLAIMS.servedAtMs + TOKEN_LIFE_MS + 1).kind, 'expired');
    assert.equal(readToken(token, ring, CLAIMS.servedAtMs - 3_600_000).kind, 'expired');
  });

  it('outlives the change of keys, and its key goes when no link needs it', () => {
    const later = NOW_MS + KEY_LIFE_MS;
    const next = rotated(ring, later);
    assert.deepEqual([next.keys.length, next.keys[1]], [2, key]);
    assert.notEqual(next.keys[0]?.id, key.id);
    assert.equal(readToken(token, next, NOW_MS).kind, 'ok');
    assert.equal(readToken(token, next, later).kind, 'expired');
    const last = withNewKey(next, later + KEY_KEPT_MS + 1);
    assert.equal(readToken(token, last, NOW_MS).kind, 'forged');
  });
});
