// Builds dist/: the library as plain ES modules with types (tsc), the command as one CommonJS file and the script and style
// of the HTML report (esbuild), and oclif.manifest.json, from which the help is made without loading a command, and the
// manual page.
//
//   node scripts/build.mjs [--bundle]      --bundle: the command only, without type checks (while developing)
//
// Why a bundle: loading oclif's many small files is two thirds of the start-up (ecosystem.md's measurements: plain ESM
// costs nine times an empty Node, one file under four). Why CommonJS: an ESM bundle that oclif imports from within
// itself waits for its own top-level await.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import * as esbuild from 'esbuild';

import { writeManPage } from './man.mjs';
import { withPlainNames } from './plain-names.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(ROOT, ...parts);

const BUNDLE = at('dist', 'cli', 'standstill.cjs');
const MANIFEST = at('oclif.manifest.json');
/** The script and the style that the HTML report carries. */
const PAGE = at('dist', 'page');
/** tsc's memory of the last build, out of dist so that it is not published. */
const BUILD_INFO = at('.cache', 'tsc.tsbuildinfo');
/** Loaded only for input, flags or commands of their kind, from node_modules: decompressors, the engine of patterns, the parser of source, source maps, SQLite for a Node without one, Parquet, WebSocket. */
const ON_DEMAND = [
  'fzstd',
  'xz-decompress',
  'seek-bzip',
  're2js',
  'web-tree-sitter',
  '@jridgewell/trace-mapping',
  'libsql',
  'hyparquet-writer',
  'ws',
];
/** The grammar of Python: one file of a package whose other 7 MB are native builds, so it is copied and not depended on. */
const PYTHON_GRAMMAR = 'tree-sitter-python.wasm';
/** What `standstill run` starts in programs: files of other languages, which no compiler makes. */
const START_UP = 'start-up';
/** What `standstill recipe` shows. */
const RECIPES = 'recipes';
/** What oclif tries to load in a developer's checkout and does without: 9 MB of compiler. */
const ABSENT = ['typescript', 'ts-node', 'pnpapi'];

/** The files that tsc should leave in dist, relative to it. */
function expectedOutputs() {
  const outputs = new Set();
  for (const folder of ['src', 'grammars']) {
    if (!fs.existsSync(at(folder))) continue;
    for (const name of fs.readdirSync(at(folder), { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
      const stem = path.join(folder, name.slice(0, -'.ts'.length));
      outputs.add(`${stem}.js`).add(`${stem}.d.ts`);
    }
  }
  return outputs;
}

/** Removes what deleted sources left behind, and tsc's memory when something it believes to have written is missing. */
function tidy() {
  const expected = expectedOutputs();
  for (const folder of ['src', 'grammars']) {
    if (!fs.existsSync(at('dist', folder))) continue;
    for (const entry of fs.readdirSync(at('dist', folder), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && !expected.has(path.relative(at('dist'), file))) fs.rmSync(file);
    }
  }
  if ([...expected].some((name) => !fs.existsSync(at('dist', name)))) fs.rmSync(BUILD_INFO, { force: true });
}

/** Compiles the library; what the compiler says goes to standard error. */
async function compile() {
  tidy();
  const args = [
    at('node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    at('tsconfig.json'),
    '--incremental',
    '--tsBuildInfoFile',
    BUILD_INFO,
  ];
  const status = await new Promise((resolve, reject) => {
    spawn(process.execPath, [...args, '--pretty', String(process.stderr.isTTY ?? false)], { cwd: ROOT, stdio: ['ignore', 2, 2] })
      .on('error', reject)
      .on('close', resolve);
  });
  if (status !== 0) throw new Error('the type check failed');
}

/**
 * oclif's compiled files load everything at their head; most is needed for help, errors or plugins only. Within the
 * bundle packages are loaded at their first use instead, by writing the `require` where the variable stood.
 */
const lazyRequires = {
  name: 'lazy-requires',
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, (args) => {
      // one small file, for which `fs/promises` is loaded, a twentieth of the start-up
      let text = fs
        .readFileSync(args.path, 'utf8')
        .replace("await (0, promises_1.readFile)(path, 'utf8')", "(0, node_fs_1.readFileSync)(path, 'utf8')");
      for (const [line, name, wrap, target] of text.matchAll(/^const (\w+) = (?:(__importDefault)\()?(require\("[^"]+"\))\)?;$/gm)) {
        const used = wrap ? `(${wrap}(${target}))` : `(${target})`;
        const lazy = text.replace(line, '').replace(new RegExp(`\\b${name}\\b(?=\\.)`, 'g'), () => used);
        // A name that is used in another way than `name.member` stays as it is.
        if (!new RegExp(`\\b${name}\\b`).test(lazy)) text = lazy;
      }
      // package.json's `engines` says which Node; oclif would load `semver` to check its own.
      if (args.path.endsWith(path.join('lib', 'index.js'))) text = text.replace('checkNodeVersion();', '');
      // Names of commands are ASCII; comparing them by a language's rules loads its tables, a twentieth of the start-up.
      text = text.replace('.sort((a, b) => a.id.localeCompare(b.id))', '.sort((a, b) => (a.id < b.id ? -1 : 1))');
      return { contents: text, loader: 'js' };
    });
    // what oclif asks on Windows only
    build.onLoad({ filter: /node_modules[\\/](?:powershell|wsl)-utils[\\/]index\.js$/ }, (args) => ({
      contents: fs
        .readFileSync(args.path, 'utf8')
        .replace('promisify(childProcess.execFile)', '(...given) => promisify(childProcess.execFile)(...given)'),
      loader: 'js',
    }));
  },
};

/** Packages that do not say that to load them does nothing: what of them is not used is left out, such as tables made at the start. */
const withoutEffects = {
  name: 'without-effects',
  setup(build) {
    build.onResolve({ filter: /^jsonc-parser$|^\.{1,2}\// }, async ({ path: wanted, pluginData, ...from }) => {
      const own = wanted === 'jsonc-parser' || /node_modules[\\/]jsonc-parser[\\/]/.test(from.importer);
      if (pluginData === withoutEffects || !own) return undefined;
      return { ...(await build.resolve(wanted, { ...from, pluginData: withoutEffects })), sideEffects: false };
    });
  },
};

/**
 * What a CommonJS module is to one that imports it, once for all who do. esbuild's own helper copies every member into a new object
 * at each of two hundred imports, a tenth of the start-up. Its text goes into the bundle.
 */
const asModule = `((known) => (module) => {
  let made = known.get(module);
  if (made === undefined) known.set(module, (made = Object.create(module, { default: { value: module } })));
  return made;
})(new Map())`;

/** Modules of Node's that most runs do without. They are no part of its own snapshot, so each takes a millisecond or more to load. */
const LATER = [
  'child_process',
  'crypto',
  'fs/promises',
  'http',
  'module',
  'net',
  'perf_hooks',
  'readline',
  'timers/promises',
  'tty',
  'vm',
  'zlib',
];
/** One of them: loaded when a member of it is first asked for. */
const later = `((known) => (name) => {
  let made = known.get(name);
  if (made === undefined) {
    let module;
    const load = () => (module ??= require('node:' + name));
    known.set(name, (made = new Proxy({}, { get: (_, member) => (member === 'default' ? load() : load()[member]) })));
  }
  return made;
})(new Map())`;

/** Bundles the command. Written beside its place and then moved, so that a running command never reads half a file. */
async function bundle() {
  const unfinished = `${BUNDLE}.${process.pid}`;
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli.ts'],
    outfile: unfinished,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // jsonc-parser's `main` is UMD, whose requires cannot be followed.
    mainFields: ['module', 'main'],
    external: [...ON_DEMAND, ...ABSENT],
    minifyWhitespace: true,
    banner: { js: `const loadModule = module.loadModule ?? ((specifier) => import(specifier)), asModule = ${asModule}, later = ${later};` },
    // bin/compiled.js reads it byte by byte
    charset: 'ascii',
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [lazyRequires, withoutEffects],
    logLevel: 'warning',
  });
  // vm.Script has no way of its own to import modules (bin/compiled.js), so it hands one over.
  const text = fs
    .readFileSync(unfinished, 'utf8')
    .replaceAll(/(?<!=> )\bimport\((?!\))/g, 'loadModule(')
    .replaceAll(/\b__toESM\((require\w*\([^()]*\)),1\)/g, 'asModule($1)')
    .replaceAll(new RegExp(`=(?:asModule\\()?require\\("(?:node:)?(${LATER.join('|')})"\\)\\)?(?=[,;])`, 'g'), '=later("$1")')
    // esbuild leaves signs in regular expressions, and in raw text that becomes one, as they are
    .replaceAll(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  fs.writeFileSync(unfinished, withPlainNames(text), 'ascii');
  return () => fs.renameSync(unfinished, BUNDLE);
}

/**
 * Bundles the script and the style of the HTML report, for browsers of 2024 and later (`light-dark()`). It holds the
 * library's own comparison of dumps; `page/buffer.ts` stands in for the one thing of Node that its tables use.
 */
async function page() {
  const common = { absWorkingDir: ROOT, bundle: true, minify: true, logLevel: 'warning', legalComments: 'inline', write: false };
  const [script, style] = await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: ['page/main.ts'],
      inject: ['page/buffer.ts'],
      platform: 'browser',
      target: ['chrome123', 'firefox120', 'safari17.5'],
      format: 'iife',
      charset: 'ascii',
    }),
    esbuild.build({ ...common, entryPoints: ['page/page.css'], target: ['chrome123', 'firefox120', 'safari17.5'], charset: 'utf8' }),
  ]);
  fs.mkdirSync(PAGE, { recursive: true });
  for (const [name, { outputFiles }] of [
    ['page.js', script],
    ['page.css', style],
  ]) {
    fs.writeFileSync(path.join(PAGE, `${name}.${process.pid}`), outputFiles[0].text.trim());
    fs.renameSync(path.join(PAGE, `${name}.${process.pid}`), path.join(PAGE, name));
  }
}

/** Writes oclif's manifest from the commands in the bundle, by oclif's own way of loading a package. */
async function manifest() {
  // oclif would look for the TypeScript source of the bundle.
  process.env.OCLIF_TS_NODE = '0';
  const { Plugin } = await import('@oclif/core');
  const plugin = new Plugin({ root: ROOT, isRoot: true, ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  fs.writeFileSync(`${MANIFEST}.${process.pid}`, `${JSON.stringify(plugin.manifest, null, 2)}\n`);
  fs.renameSync(`${MANIFEST}.${process.pid}`, MANIFEST);
}

try {
  fs.mkdirSync(path.dirname(BUNDLE), { recursive: true });
  fs.mkdirSync(path.dirname(BUILD_INFO), { recursive: true });
  fs.copyFileSync(at('node_modules', 'tree-sitter-python', PYTHON_GRAMMAR), at('dist', PYTHON_GRAMMAR));
  fs.cpSync(at('src', 'commands', RECIPES), at('dist', RECIPES), { recursive: true });
  fs.cpSync(at('src', 'take', START_UP), at('dist', START_UP), { recursive: true });
  const [place] = await Promise.all([bundle(), page(), process.argv.includes('--bundle') ? undefined : compile()]);
  place();
  await manifest();
  writeManPage();
} catch (error) {
  // esbuild and tsc have printed what is wrong.
  process.stderr.write(`standstill: ${error.errors ? 'the bundle failed' : error.message}\n`);
  process.exitCode = 1;
} finally {
  fs.rmSync(`${BUNDLE}.${process.pid}`, { force: true });
}
