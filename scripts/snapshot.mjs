// Writes what is derived from the commands and kept in the repository: command-snapshot.json, every command with its flags
// and arguments, so that none disappears by accident, and schemas/config.schema.json.
//
//   node scripts/snapshot.mjs [--check]      --check: only compare, status 1 when they differ
//
// Reads oclif.manifest.json, which the build makes.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import prettier from 'prettier';
import { configSchema } from './config-schema.mjs';

const ROOT = path.dirname(import.meta.dirname);

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
const schema = path.join(ROOT, 'schemas', 'config.schema.json');
const files = [
  [path.join(ROOT, 'command-snapshot.json'), `${JSON.stringify(commands, null, 2)}\n`],
  [schema, await prettier.format(JSON.stringify(configSchema(manifest)), { ...(await prettier.resolveConfig(schema)), filepath: schema })],
];

for (const [file, text] of files) {
  if (!process.argv.includes('--check')) {
    fs.writeFileSync(file, text);
  } else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    console.error(`The commands or their flags differ from ${path.relative(ROOT, file)}. If that is meant: npm run snapshot`);
    process.exitCode = 1;
  }
}
