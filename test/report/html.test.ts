import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { HtmlValidate } from 'html-validate';
import { HOSTILE, setOf } from './hostile.js';
import { dataOf, pageText, sample, sampleNames } from '../page/page-of.js';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // the policy is an attribute of many words, the script and style are one line each
    'long-title': 'off',
    'require-sri': 'off',
    // prettier writes it in lower case, the standard allows both
    'doctype-style': 'off',
    'no-trailing-whitespace': 'off',
  },
});

async function complaints(page: string): Promise<string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`));
}

/** The page without its script, style and data: what a browser reads as markup. */
const markupOf = (page: string): string =>
  page.replace(/(<style>)[^]*?(<\/style>)/, '$1$2').replace(/(<script[^>]*>)[^]*?(<\/script>)/g, '$1$2');

describe('the HTML page', () => {
  it('is one valid file of markup for every sample, without a word of the dumps in it but title and inputs', async () => {
    for (const name of sampleNames) assert.deepEqual(await complaints(markupOf(pageText(await sample(name)))), [], name);
  });

  it('runs only its own script and style, which its policy names by hash, and loads nothing', async () => {
    const page = pageText(await sample('classic-recipe'));
    const policy = /content="(default-src[^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    const script = /<script>([^]*)<\/script>/.exec(page)![1]!;
    const style = /<style>([^]*?)<\/style>/.exec(page)![1]!;
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    assert.doesNotMatch(markupOf(page), /\s(?:src|srcset|style|on\w+)=/);
    assert.deepEqual(
      [...markupOf(page).matchAll(/href="([^"]*)"/g)].map(([, href]) => href),
      ['#answer'],
    );
    assert.doesNotMatch(style, /url\(|@import/);
  });

  it('keeps hostile names text: none of them is markup, and all are in the data', async () => {
    const page = pageText(setOf(HOSTILE, 3));
    assert.deepEqual(await complaints(markupOf(page)), []);
    // three elements: data, script, style; their ends are the only ones
    assert.equal(page.match(/<\/script/gi)!.length, 2);
    assert.equal(page.match(/<\/style/gi)!.length, 1);
    assert.doesNotMatch(markupOf(page), /<(?:img|svg|!--)|alert/);
    const { strings } = dataOf(page);
    for (const name of [']]>', '</script><script>alert(1)</script>', '<!--<script>', '\\x3a:error::', '__proto__'])
      assert.ok(strings.includes(name), name);
    // what acts on a terminal or turns the line is shown as what it is
    assert.ok(strings.includes('\\u202egnp.exe'));
    assert.ok(strings.includes('\\x1b[31mred\\x07'));
  });

  it('is for people: a name of 10 MB is shown by its beginning', () => {
    const page = pageText(setOf([...HOSTILE, 'x'.repeat(10 << 20)], 3));
    assert.ok(page.length < 400_000, `${page.length}`);
    assert.ok(dataOf(page).strings.some((text) => /^x{2000}… \(10,483,760 more characters\)$/.test(text)));
  });

  it('is made without dumps too', () => {
    const empty = pageText({ ...setOf(['x'], 0), sources: [] });
    assert.match(empty, /<title>no dumps · standstill<\/title>/);
    assert.deepEqual(dataOf(empty).dumps, []);
  });

  it('names the verdict and the line to look at in its title', async () => {
    assert.match(pageText(await sample('classic-recipe')), /<title>Stuck: await_confirmation order_service\.py:32 · standstill<\/title>/);
  });
});
