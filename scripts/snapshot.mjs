// Writes command-snapshot.json: every command with its flags and arguments, so that none disappears by accident.
//
//   node scripts/snapshot.mjs [--check]      --check: only compare, status 1 when they differ
//
// Reads oclif.manifest.json, which the build makes.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.dirname(import.meta.dirname);
const SNAPSHOT = path.join(ROOT, 'command-snapshot.json');

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'oclif.manifest.json'), 'utf8'));
const commands = Object.values(manifest.commands)
  .sort((a, b) => (a.id < b.id ? -1 : 1))
  .map(({ id, aliases, args, flags }) => ({
    command: id.replaceAll(':', ' '),
    ...(aliases?.length > 0 && { aliases }),
    args: Object.keys(args ?? {}),
    flags: Object.keys(flags ?? {}).sort(),
    chars: Object.values(flags ?? {})
      .flatMap((flag) => flag.char ?? [])
      .sort(),
  }));
const text = `${JSON.stringify(commands, null, 2)}\n`;

if (!process.argv.includes('--check')) {
  fs.writeFileSync(SNAPSHOT, text);
} else if (!fs.existsSync(SNAPSHOT) || fs.readFileSync(SNAPSHOT, 'utf8') !== text) {
  console.error('The commands or their flags differ from command-snapshot.json. If that is meant: npm run snapshot');
  process.exitCode = 1;
}
