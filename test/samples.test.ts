import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { analyzeJson, analyzeText, readFiles, readText } from '../src/index.js';

interface Expected {
  readonly files: Readonly<
    Record<string, { readonly dumps: number; readonly threads: readonly number[]; readonly frames: readonly (readonly number[])[] }>
  >;
}

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));
const sets = fs.readdirSync(SAMPLES).filter((name) => fs.existsSync(path.join(SAMPLES, name, 'expected.json')));

describe('samples', () => {
  it('are there', () => assert.ok(sets.length >= 12, sets.join(', ')));

  for (const set of sets) {
    const expected = JSON.parse(fs.readFileSync(path.join(SAMPLES, set, 'expected.json'), 'utf8')) as Expected;
    for (const [file, should] of Object.entries(expected.files)) {
      const at = path.join(SAMPLES, set, file);
      it(`${set}/${file}: every dump, thread and frame`, async () => {
        const found = await readFiles([at]);
        const inOrder = [...found.dumps].sort((a, b) => a.line - b.line);
        assert.equal(inOrder.length, should.dumps);
        assert.deepEqual(
          inOrder.map((dump) => dump.threads.length),
          should.threads,
        );
        assert.deepEqual(
          inOrder.map((dump) => dump.threads.map((thread) => found.stacks.depth(thread.stack))),
          should.frames,
        );
      });

      it(`${set}/${file}: cut anywhere, it is read without a crash and both answers can be given`, async () => {
        const bytes = fs.readFileSync(at);
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), fc.integer({ min: 0, max: bytes.length }), async (a, b) => {
            const found = await readText(bytes.subarray(Math.min(a, b), Math.max(a, b)));
            for (const piece of analyzeJson(found)) assert.ok(piece.length >= 0);
            for (const line of analyzeText(found, { colour: false, width: 80 })) assert.equal(line.includes('\n'), false);
          }),
          { numRuns: 20 },
        );
      });
    }
  }
});
