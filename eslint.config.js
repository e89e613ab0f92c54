// @ts-check
import path from 'node:path';

import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const ROOT = import.meta.dirname;

/**
 * The project's layers, each with the place of its files: one may import itself and those before it, no other.
 * A folder of `src/` that is not here is an error, so that a new layer gets its place on the day it is made.
 */
export const LAYERS = [
  { name: 'model', place: 'src/model/' },
  { name: 'input', place: 'src/input/' },
  { name: 'grammars', place: 'grammars/' },
  { name: 'reading', place: 'src/reading/' },
  { name: 'analysis', place: 'src/analysis/' },
  { name: 'report', place: 'src/report/' },
  { name: 'page', place: 'page/' },
  { name: 'store', place: 'src/store/' },
  { name: 'take', place: 'src/take/' },
  { name: 'front door', place: 'src/index.' },
  { name: 'commands', place: 'src/commands/' },
  { name: 'command line', place: 'src/cli.' },
];

/** The layers that neither read files nor know the process they run in: all they see comes in by their arguments. */
export const PURE = ['model', 'grammars', 'reading', 'analysis'];

/** What of `grammars/` grammars share, and the list of them all. */
const SHARED_GRAMMAR = /^grammars\/(?:grammar\.|shared\/)/;
const GRAMMAR_LIST = 'grammars/index';

/** @param {string} file relative to the project, with slashes */
const layerOf = (file) => LAYERS.findIndex(({ place }) => file.startsWith(place));

/** @param {string} file */
const fromRoot = (file) => path.relative(ROOT, file).split(path.sep).join('/');

/**
 * Own rule, not `no-restricted-imports`, because that sees neither `import()`, which the commands load their parts
 * with, nor which folder a path leads to.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
const arrows = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      upward: 'The arrows point one way: {{from}} may not import {{to}} (see LAYERS in eslint.config.js).',
      unknown: '{{file}} is in no layer: give its folder a place in LAYERS in eslint.config.js.',
      sibling: 'A grammar is one file: only grammars/grammar.ts and grammars/shared are shared between grammars.',
    },
  },
  create(context) {
    const file = fromRoot(context.filename);
    const from = layerOf(file);
    /** @param {any} node the text after `from`, where there is one */
    const check = (node) => {
      if (typeof node?.value !== 'string' || !node.value.startsWith('.')) return;
      const target = fromRoot(path.resolve(path.dirname(context.filename), node.value));
      const to = layerOf(target);
      if (to === -1) {
        if (/^(src|grammars|page)\//.test(target)) context.report({ node, messageId: 'unknown', data: { file: target } });
      } else if (to > from) {
        context.report({ node, messageId: 'upward', data: { from: LAYERS[from]?.name ?? '', to: LAYERS[to]?.name ?? '' } });
      } else if (file.startsWith('grammars/') && target.startsWith('grammars/')) {
        const shared = SHARED_GRAMMAR.test(target) || file.startsWith(`${GRAMMAR_LIST}.`);
        if (!shared) context.report({ node, messageId: 'sibling' });
      }
    };
    if (from === -1) return { Program: (node) => context.report({ node, messageId: 'unknown', data: { file } }) };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      /** @param {{ source?: unknown }} node `import('../x.js').Y` as a type */
      TSImportType: (node) => check(node.source),
    };
  },
};

const OCLIF = { name: '@oclif/core', message: 'The library knows nothing of the command line.' };
const FILES_AND_PROCESS = [
  'fs',
  'node:fs',
  'fs/promises',
  'node:fs/promises',
  'process',
  'node:process',
  'child_process',
  'node:child_process',
].map((name) => ({
  name,
  message: 'Files and the process are at the edges (input, commands).',
}));

/** The rules on who may import what; they need no types. */
export const architecture = defineConfig(
  {
    files: ['src/**/*.ts', 'grammars/**/*.ts', 'page/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { standstill: { rules: { arrows } } },
    rules: { 'standstill/arrows': 'error' },
  },
  {
    files: LAYERS.filter(({ name }) => PURE.includes(name)).map(({ place }) => `${place}**/*.ts`),
    languageOptions: { parser: tseslint.parser },
    rules: {
      'no-restricted-imports': ['error', { paths: [OCLIF, ...FILES_AND_PROCESS] }],
      'no-restricted-globals': ['error', 'process', 'console'],
    },
  },
  {
    files: ['src/**/*.ts', 'grammars/**/*.ts', 'page/**/*.ts'],
    ignores: ['src/commands/**', 'src/cli.ts', ...LAYERS.filter(({ name }) => PURE.includes(name)).map(({ place }) => `${place}**`)],
    languageOptions: { parser: tseslint.parser },
    rules: { 'no-restricted-imports': ['error', { paths: [OCLIF] }] },
  },
);

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.cache/', 'samples/', 'node_modules/'] },
  {
    files: ['src/**/*.ts', 'grammars/**/*.ts', 'page/**/*.ts', 'test/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.test.json', './page/tsconfig.json'], tsconfigRootDir: ROOT } },
    rules: {
      // The tables are indexed with integers that were given out by them.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // TypeScript itself is told so by `noUnusedLocals`; `_name` is for what an interface asks for.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // An exhaustive `while (true)` with its exits inside is clearer in a parser.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Dumps are full of control characters, which the expressions that find them must name.
      'no-control-regex': 'off',
    },
  },
  {
    // what is printed acts on nobody: `jsonText` of src/report/json-text.ts
    files: ['src/report/**/*.ts', 'src/commands/**/*.ts', 'src/cli.ts', 'src/store/answers/*.ts', 'src/store/transfer.ts'],
    ignores: ['src/report/json-text.ts', 'src/report/html/encode.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'JSON', property: 'stringify', message: 'What is printed is made by jsonText.' }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // mocha takes the promise-less `describe` and `it` as they are; `assert.rejects` is awaited where it matters.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'URLSearchParams',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'performance',
          'TextDecoder',
          'TextEncoder',
          'AbortController',
          'fetch',
          'structuredClone',
          'queueMicrotask',
          'globalThis',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['bin/*.js', '**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', __filename: 'readonly' },
    },
  },
  ...architecture,
);
