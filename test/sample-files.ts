import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));

/** The dump files of all samples that are plain text. */
export const SAMPLE_FILES: readonly { readonly name: string; readonly bytes: Buffer }[] = fs
  .readdirSync(SAMPLES)
  .filter((set) => fs.existsSync(path.join(SAMPLES, set, 'expected.json')))
  .flatMap((set) => {
    const { files } = JSON.parse(fs.readFileSync(path.join(SAMPLES, set, 'expected.json'), 'utf8')) as { files: object };
    return Object.keys(files)
      .filter((file) => !file.endsWith('.gz'))
      .map((file) => ({ name: `${set}/${file}`, bytes: fs.readFileSync(path.join(SAMPLES, set, file)) }));
  });

export const sampleFile = (name: string): Buffer => {
  const found = SAMPLE_FILES.find((file) => file.name === name);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found.bytes;
};
