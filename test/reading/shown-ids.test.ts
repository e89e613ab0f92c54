import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ShownIds } from '../../src/reading/shown-ids.js';

describe('the ids that a dump has shown', () => {
  it('are those that were added, in whatever order', () => {
    const id = fc.oneof(
      { weight: 4, arbitrary: fc.nat(9).map((n) => `0x${n}`) },
      fc.constantFrom('', '0x', '0x10', '\0worker', '\xe9', '😀'),
    );
    const asked = fc.record({ id, adds: fc.boolean() });
    const rising = fc.array(id).map((ids) => ids.toSorted().map((one) => ({ id: one, adds: true })));
    const seen = { new: 0, known: 0, had: 0, not: 0 };
    fc.assert(
      fc.property(rising, fc.array(asked), (first, then) => {
        const [shown, plain] = [new ShownIds(), new Set<string>()];
        for (const { id, adds } of [...first, ...then]) {
          const known = plain.has(id);
          if (adds) {
            assert.equal(shown.add(id), !known);
            plain.add(id);
            seen[known ? 'known' : 'new']++;
          } else {
            assert.equal(shown.has(id), known);
            seen[known ? 'had' : 'not']++;
          }
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
    assert.ok(
      Object.values(seen).every((times) => times > 500),
      JSON.stringify(seen),
    );
  });
});
