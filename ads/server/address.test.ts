import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse, viewerOf } from './address.ts';
import { DataCentres } from './data-centres.ts';

describe('what is kept of an address', () => {
  it('is the /24 of IPv4, the /48 of IPv6, and IPv4 written as IPv6 is IPv4', () => {
    const network = (text: string): string => viewerOf(parse(text), 'salt').network;
    assert.equal(network('203.0.113.200'), '203.0.113.0/24');
    assert.equal(network('::ffff:203.0.113.200'), '203.0.113.0/24');
    assert.equal(network('2001:db8:ffff:ffff:1::1'), '2001:db8:ffff::/48');
    assert.equal(network('not an address'), '');
  });

  it('is a hash that tells viewers apart on one day, and not across days', () => {
    const hash = (text: string, salt: string): string => viewerOf(parse(text), salt).hash;
    assert.equal(hash('203.0.113.7', 'monday'), hash('203.0.113.7', 'monday'));
    assert.notEqual(hash('203.0.113.7', 'monday'), hash('203.0.113.8', 'monday'));
    assert.notEqual(hash('203.0.113.7', 'monday'), hash('203.0.113.7', 'tuesday'));
    assert.equal(hash('2001:db8:1:2::a', 'monday'), hash('2001:db8:1:2::b', 'monday'));
  });
});

describe('data centres', () => {
  it('are found by their ranges, also inside a larger one and at both ends', () => {
    const centres = new DataCentres(['10.0.0.0/8', '10.1.0.0/24', '198.51.100.128/25', '', 'x', '::1/128']);
    const inside = [
      '10.0.0.0',
      '10.255.255.255',
      '10.1.0.7',
      '10.200.0.1',
      '198.51.100.128',
      '198.51.100.255',
    ];
    const outside = ['9.255.255.255', '11.0.0.0', '198.51.100.127', '198.51.101.0', '2001:db8::1'];
    assert.equal(centres.size, 3);
    for (const text of inside) assert.equal(centres.classify(parse(text)), 'data-centre', text);
    for (const text of outside) assert.equal(centres.classify(parse(text)), 'other', text);
  });
});
