import assert from 'node:assert/strict';

import { ESLint } from 'eslint';

import { LAYERS, PURE, architecture } from '../../eslint.config.js';

/** One file of a layer, present or not: the rules look at paths only. */
function fileOf(place: string): string {
  return place.endsWith('/') ? `${place}deep/example.ts` : `${place}ts`;
}

/** How the file of one layer names the file of another in an import. */
function specifier(from: string, to: string): string {
  const up = '../'.repeat(fileOf(from).split('/').length - 1);
  return `${up === '' ? './' : up}${fileOf(to).replace(/ts$/, 'js')}`;
}

describe('the lint rules on architecture', () => {
  const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: architecture });

  async function complaints(filePath: string, code: string): Promise<string[]> {
    const results = await eslint.lintText(code, { filePath });
    return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ruleId ?? message));
  }

  for (const [i, from] of LAYERS.entries()) {
    it(`let ${from.name} import the layers before it and none after it`, async () => {
      for (const [j, to] of LAYERS.entries()) {
        if (i === j) continue;
        const found = await complaints(fileOf(from.place), `export { x } from '${specifier(from.place, to.place)}';`);
        assert.deepEqual(found, j < i ? [] : ['standstill/arrows'], `${from.name} importing ${to.name}`);
      }
    });
  }

  it('see every form of import', async () => {
    const target = specifier('src/model/', 'src/report/');
    const forms = [
      `import { x } from '${target}'; x();`,
      `import type { X } from '${target}'; export type Y = X;`,
      `import '${target}';`,
      `export * from '${target}';`,
      `export const x = () => import('${target}');`,
      `export type X = import('${target}').X;`,
    ];
    for (const code of forms) assert.deepEqual(await complaints('src/model/deep/example.ts', code), ['standstill/arrows'], code);
  });

  it('let a layer import itself', async () => {
    assert.deepEqual(await complaints('src/report/html/page.ts', `export * from '../json.js';`), []);
  });

  it('want a place for every folder', async () => {
    assert.deepEqual(await complaints('src/utils/strings.ts', 'export const x = 1;'), ['standstill/arrows']);
    assert.deepEqual(await complaints('src/commands/x.ts', `export * from '../utils/strings.js';`), ['standstill/arrows']);
  });

  it('keep grammars apart, but for what they share', async () => {
    assert.deepEqual(await complaints('grammars/one.ts', `export * from './two.js';`), ['standstill/arrows']);
    assert.deepEqual(await complaints('grammars/one.ts', `export * from './grammar.js';`), []);
    assert.deepEqual(await complaints('grammars/index.ts', `export * from './one.js';`), []);
  });

  for (const { name, place } of LAYERS) {
    const pure = PURE.includes(name);
    it(`${pure ? 'keep' : 'do not keep'} files and the process out of ${name}`, async () => {
      const found = await complaints(fileOf(place), `import fs from 'node:fs';\nexport const x = [fs, process.pid];`);
      assert.deepEqual(found, pure ? ['no-restricted-imports', 'no-restricted-globals'] : []);
    });
  }

  it('keep oclif out of the library', async () => {
    for (const { name, place } of LAYERS) {
      const found = await complaints(fileOf(place), `export { Command } from '@oclif/core';`);
      assert.deepEqual(found, name.startsWith('command') ? [] : ['no-restricted-imports'], name);
    }
  });
});
