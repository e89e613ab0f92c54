import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { readyOf } from '../../src/take/index.js';

describe('what a process of a run says of itself', () => {
  const inFolder = (test: (folder: string) => void): void => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-ready-'));
    try {
      test(folder);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  };
  const said = (folder: string): { signal?: string; ending?: number } => {
    const [name] = fs.readdirSync(folder).filter((file) => file.endsWith('.ready'));
    return JSON.parse(fs.readFileSync(path.join(folder, name!), 'utf8')) as { signal?: string };
  };
  /** Runs a script with the preload of `standstill run`. */
  const node = (folder: string, script: string): string => {
    fs.mkdirSync(path.join(folder, 'start-up'));
    const preload = path.join(folder, 'start-up', 'preload.cjs');
    fs.copyFileSync('src/take/start-up/preload.cjs', preload);
    const env = { ...process.env, STANDSTILL_RUN: folder, NODE_OPTIONS: '' };
    return spawnSync(process.execPath, ['--require', preload, '-e', script], { env, encoding: 'utf8' }).stdout;
  };

  it('Node: may be asked while it runs, and no more when it ends: the signal would abort it then', () => {
    inFolder((folder) => {
      const before = Date.now();
      const script = `const fs = require('fs'); const ready = fs.readdirSync(${JSON.stringify(folder)}).find((name) => name.endsWith('.ready'));
        console.log(fs.readFileSync(${JSON.stringify(`${folder}/`)} + ready, 'utf8')); Date.now = () => 0; fs.writeFileSync = () => undefined;`;
      const first = JSON.parse(node(folder, script)) as object;
      assert.deepEqual(first, { signal: 'SIGUSR1', runtime: 'node', executable: process.execPath });
      const { ending, ...rest } = said(folder);
      assert.deepEqual(rest, first);
      assert.ok(ending! >= before && ending! <= Date.now());
    });
  });

  it('Node: says nothing more where the program takes the signal for itself', () => {
    inFolder((folder) => {
      node(folder, "process.on('SIGUSR1', () => undefined);");
      assert.deepEqual(fs.readdirSync(folder), ['start-up']);
    });
  });

  it('one that ends is not asked, and one that does not come to its end is', () => {
    inFolder((folder) => {
      const write = (ending: number): void =>
        fs.writeFileSync(path.join(folder, '7.ready'), JSON.stringify({ runtime: 'node', signal: 'SIGUSR1', ending }));
      const info = { ownPid: 7, executable: null };
      write(Date.now());
      assert.equal(readyOf(folder, info), null);
      write(Date.now() - 60_000);
      assert.equal(readyOf(folder, info)?.signal, 'SIGUSR1');
    });
  });
});
