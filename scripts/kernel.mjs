// Assembles src/reading/kernel/kernel.wat into kernel-code.ts beside it, which is kept in the repository so that nobody who runs,
// tests or installs standstill needs an assembler.
//
//   node scripts/kernel.mjs [--check]      --check: only compare, status 1 when they differ
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import wabt from 'wabt';

const FOLDER = path.join(path.dirname(import.meta.dirname), 'src', 'reading', 'kernel');
const CODE = path.join(FOLDER, 'kernel-code.ts');
const WIDTH = 120;

const { parseWat } = await wabt();
const module = parseWat('kernel.wat', fs.readFileSync(path.join(FOLDER, 'kernel.wat'), 'utf8'), { simd: true, bulk_memory: true });
module.validate();
const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
const rows = base64.match(new RegExp(`.{1,${WIDTH}}`, 'g'));
const text = `// Made of kernel.wat: \`npm run kernel\`.\n\n/** A WebAssembly module, as base64. */\nexport const KERNEL_CODE = [\n${rows.map((row) => `  '${row}',\n`).join('')}].join('');\n`;

if (!process.argv.includes('--check')) fs.writeFileSync(CODE, text);
else if (!fs.existsSync(CODE) || fs.readFileSync(CODE, 'utf8') !== text) {
  console.error(`${path.relative(process.cwd(), CODE)} is not what kernel.wat makes: npm run kernel`);
  process.exitCode = 1;
}
