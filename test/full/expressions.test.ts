import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { check, type Diagnostics } from 'recheck';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

type Attack = Pick<Extract<Diagnostics, { status: 'vulnerable' }>['attack'], 'pumps' | 'suffix' | 'base'>;

interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly where: string;
}

/** Functions that try an expression at one place of the text only. */
const AT_ONE_PLACE = /^(?:fields|whereLike|P\.regexp|inside|fatal|part)$/;
/** Files whose expressions are all tried at one place: the beginning of a line. */
const STICKY_FILES: ReadonlySet<string> = new Set(['src/reading/envelopes.ts']);

/**
 * Expressions that the tool finds fault with, and why they are harmless here. A text of bounded length makes any polynomial a
 * constant.
 */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  [
    String.raw`/\{(?:\s*"[^"\\\n]{0,200}"\s*:\s*(?:\{|"[^"\\\n]{0,200}"\s*,|[-\w.+]{1,40}\s*,))*\s*$/`,
    "looks back over 4 KiB (open-report.ts), and stops at each bracket that the opening's confirmation demands",
  ],
]);

/** All regular expressions that are written in a file. */
function* expressionsIn(file: string): Generator<Expression> {
  const name = path.relative(ROOT, file).replaceAll('\\', '/');
  const tree = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const open: ts.Node[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    node.forEachChild((child) => void open.push(child));
    const written = writtenIn(node);
    if (written === null) continue;
    const call = ts.isCallExpression(node.parent) ? node.parent.expression.getText(tree) : '';
    const sticky = AT_ONE_PLACE.test(call) || STICKY_FILES.has(name) || written.flags.includes('y');
    const flags = written.flags.replaceAll(/[ydg]/g, '') + (call === 'fields' && !written.flags.includes('s') ? 's' : '');
    yield {
      source: sticky && !written.source.startsWith('^') ? `^(?:${written.source})` : written.source,
      flags,
      where: `${name}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`,
    };
  }
}

function writtenIn(node: ts.Node): { source: string; flags: string } | null {
  if (ts.isRegularExpressionLiteral(node)) {
    const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
    return { source, flags };
  }
  return null;
}

/** What repeats nothing without end takes time in proportion to the text. */
const repeats = ({ source }: Expression): boolean => /[*+]|\{\d+,\}/.test(source.replaceAll(/\\./g, ''));

function sources(): string[] {
  return ['src', 'grammars', 'page'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => path.join(ROOT, folder, name)),
  );
}

/** Signs of an attack: each of them costs a thousand steps and more where time grows with the square of the text. */
const ATTACK = 40_000;
const SLOW_MS = 100;

function isSlow(expression: RegExp, { pumps, suffix, base }: Attack): boolean {
  const length = pumps.reduce((sum, { prefix, pump }) => sum + prefix.length + pump.length, 1);
  const times = Math.max(base, Math.ceil(ATTACK / length));
  const text = pumps.map(({ prefix, pump }) => prefix + pump.repeat(times)).join('') + suffix;
  const begun = performance.now();
  expression.test(text);
  return performance.now() - begun > SLOW_MS;
}

describe('regular expressions', () => {
  it('take time in proportion to the text, whatever it is', async function () {
    this.timeout(300_000);
    const all = [
      ...new Map(
        sources()
          .flatMap((file) => [...expressionsIn(file)])
          .map((each) => [`/${each.source}/${each.flags}`, each]),
      ),
    ];
    assert.ok(all.length > 500, 'no expressions found');
    const faults: string[] = [];
    const waiting = all.filter(([, each]) => repeats(each));
    const take = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [key, { source, flags, where }] = next;
        const found = await check(source, flags, { timeout: 20_000, randomSeed: 7, attackTimeout: 300, incubationTimeout: 300 });
        if (found.status === 'safe' || HARMLESS.has(key)) continue;
        // what is proved is proved; what was found by trying is tried in this engine
        if (found.status === 'vulnerable' && found.checker === 'fuzz' && !isSlow(new RegExp(source, flags), found.attack)) continue;
        const why = found.status === 'vulnerable' ? `${found.complexity.summary}, as with ${found.attack.pattern}` : found.error.kind;
        faults.push(`${where} ${key}: ${why}`);
      }
    };
    await Promise.all([take(), take()]);
    assert.deepEqual(faults, []);
  });
});
