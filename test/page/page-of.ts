import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { htmlPage, readFiles, type DumpSet, type PageOptions } from '../../src/index.js';
import { Model } from '../../page/model.js';
import type { PageData } from '../../src/report/html/page-data.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

/** Every file of a sample that holds dumps. */
function sampleFiles(name: string): string[] {
  const { files } = JSON.parse(fs.readFileSync(path.join(SAMPLES, name, 'expected.json'), 'utf8')) as { files: Record<string, unknown> };
  return Object.keys(files).map((file) => path.join(SAMPLES, name, file));
}

export const sampleNames = fs.readdirSync(SAMPLES).filter((name) => fs.existsSync(path.join(SAMPLES, name, 'expected.json')));

export const sample = (name: string): Promise<DumpSet> => readFiles(sampleFiles(name));

export const pageText = (set: DumpSet, options: PageOptions = {}): string => [...htmlPage(set, options)].join('');

/** The document that a page carries, read from the page as a browser reads it. */
export function dataOf(page: string): PageData {
  const begin = '<script type="application/json" id="data">';
  const from = page.indexOf(begin) + begin.length;
  return JSON.parse(page.slice(from, page.indexOf('</script', from))) as PageData;
}

export const modelOf = (set: DumpSet, options: PageOptions = {}): Model => new Model(dataOf(pageText(set, options)));
