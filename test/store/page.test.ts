import assert from 'node:assert/strict';
import { HtmlValidate } from 'html-validate';
import { hostsOf, listHangs, newsSince, showHang, trendOf } from '../../src/index.js';
import { historyPage, type PageParts } from '../../src/store/index.js';
import { HOSTILE, batchOf, nightlies } from './data.js';
import { NaiveStore } from './naive-store.js';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  // a box that scrolls is a group, and no set of fields
  rules: { 'long-title': 'off', 'doctype-style': 'off', 'prefer-native-element': 'off', 'no-trailing-whitespace': 'off' },
});

async function pageOf(store: NaiveStore, more: Partial<PageParts> = {}): Promise<string> {
  const listing = await listHangs(store, {}, 50);
  const shown = await Promise.all(listing.hangs.map(({ fingerprint }) => showHang(store, {}, fingerprint, 5)));
  const [trend, hosts] = [await trendOf(store, {}, 50), await hostsOf(store, {})];
  const parts = { title: 'hangs', store: 'memory', version: '1.2.3', missing: [], listing, shown, trend, hosts, ...more };
  return [...historyPage(parts)].join('');
}

describe('the page of a history', () => {
  it('is valid HTML without a script, in which nothing of a dump acts', async () => {
    const store = new NaiveStore();
    for (const batch of nightlies(2, 30)) await store.add(batch);
    const evil = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '</style><b>', '&lt;', '\u202egnp', ...HOSTILE];
    await store.add(
      batchOf(
        ...evil.map((text, i) => ({
          id: `evil ${i}`,
          build: text,
          host: text,
          source: text,
          threads: [{ verdict: 'stuck' as const, at: text, name: text }],
        })),
      ),
    );
    const builds = (await trendOf(store, {}, 1)).builds;
    const html = await pageOf(store, { news: await newsSince(store, {}, builds[3]!.build), missing: ['<shard>'] });
    const report = await validator.validateString(html);
    assert.deepEqual(
      report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${ruleId} ${message} ${line}`)),
      [],
    );
    assert.doesNotMatch(html, /<(?:script|img|b|shard)\b|\u202e|\u001b/);
    assert.match(html, /&#60;script&#62;alert\(1\)/);
    assert.match(html, /default-src &#39;none&#39;; style-src &#39;sha256-/);
    for (const link of html.matchAll(/href="#([^"]+)"/g)) assert.ok(html.includes(`id="${link[1]!}"`), link[1]);
  });

  it('is a page where nothing is known', async () => {
    const html = await pageOf(new NaiveStore());
    assert.ok((await validator.validateString(html)).valid);
    assert.match(html, /None\./);
  });
});
