import fs from 'node:fs';
/** What the input tests read: a text of frames, and the same packed by the command line tools. */
import type { Block } from '../../src/input/blocks.js';

export const TEXT = Buffer.from(
  Array.from({ length: 40 }, (_, i) => `  File "/srv/app/worker_${i % 7}.py", line ${100 + ((i * 13) % 97)} in handle_${i % 5}\n`).join(''),
);

/** Made with `gzip -9n`, `zstd -19`, `xz -9e`, `bzip2 -9` from {@link TEXT}. */
export const PACKED = {
  gzip: Buffer.from(
    'H4sIAAAAAAACA53VPWrDUBBF4d6reLgO0cy8/w1kG8YQQUSELGRwyO7Tzi0eXGUBp/maE8LHss7hOj2P13Tf9+nncXzPx03e99/rW1iXbQ4qEpYtfN23z3W+' +
      'ySUMGvWNRtfosDHfWHGNDZvom9hdE4dN8k0216Rhk31TMmVQfFMbZQDWXSkDsJZKGaC1UAZoHSkDsE6FMgDr3CkDtDbKAKxbpgzQWikDsNZEGYC1VcoArYUy' +
      'QOtIGYB1KZQBWNdOGYB1N8oArKVRBmitlAFYx0QZgHWqlAFaC2WA1pEyAOtWKAO0NsoArDVTBmBtjTJAa6UMwDonygCsSz3/xibn39jj+TfKP95o+MY/MW9D' +
      'pCAIAAA=',
    'base64',
  ),
  zstd: Buffer.from(
    'KLUv/QRoXQYAgo8lGXBN0gGIQAQRUZ3/61xAGtlkbxllIKKqgF8Aa7dKvFrpzuWJbpqdr7ZPl26fL5bXbvkqNMv7Rvah1Wb3qoW3TX9Ck3ef1fkUbSvqtX05' +
      '384yq+hrOp/PNlZdxt5C/J7mC/p47mM9W6W6er3XD6Ah0UA4DgrjWBhyk3AsGkYQqEAGNEQSjMiDQoBADoRJREIImERjUTAmdagRwAa+/2/gNwMRfGz8ygew' +
      'zdG8uW2Uvt0so/PzsrjcHpenzeb4vFk0b7dtBYxunqoPdk2W',
    'base64',
  ),
  xz: Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AgfANJdABBhFNJsMaADBdhf0GgNWkxOSebe+sJQtWYbcJfoPNauT71XYe+qiBQbvVMbmLF6qnLD4E+87XhAGelo' +
      'LkSoz0ncwjJQxYWCBq8oj6ucCj23kbXzkK00Cd3SEKJynKBh53xxD51NO4jFm5Qpb3efFp3Pb3aBEFwhv/ADe5DsDtnx55d6EP/XRIZPS4kmA3VCY9uEABfG' +
      'cVgr6QHGPfd+dBGc1NkHCpNX061EodzRxSJGR5lGIbHg8YsI7wtyLw4yfRD0qpf6fzDD73wn4EplhAVaAAAAAEWYmUukV+cTAAHuAaAQAADqPTaDscRn+wIA' +
      'AAAABFla',
    'base64',
  ),
  bzip2: Buffer.from(
    'QlpoOTFBWSZTWaw7qhkAABRfgAAQUAX/4AEAAACmbdmgMAFk2gEpU/MqHpQAIMAEp6lR4mUGgAAAqKp6ChpiDINHpNMF6YwkhJJJFVVJVVUlMylMykwIOgBB' +
      'mBB/gQbnvvTGN/DitG7tXebd22kjPPK7vSlL5gQfgINgEG4CC1rLaZlcTMquFXCrVVqq1+gQZAQewIOgFc8sZUIulGnLPPJOEk0stLUNw009NOGaapRxnLJs' +
      'hRqAc1REhjVrqCQrXbcDBt4QXWMTHhjxym8R7DslFSipRUoodRHyI6CNhFEURsI1EdRFEYEaiNhGwjIRuEbCKI7iPoRgR2EcRH8I7iOQjeIojUR/i7kinChI' +
      'Vh3VDIA=',
    'base64',
  ),
} as const;

/** Blocks of `size` bytes in one memory that is written again for each, as files are read. */
export async function* blocksOf(bytes: Uint8Array, size: number): AsyncGenerator<Block> {
  const memory = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    memory.set(part);
    yield memory.subarray(0, part.length);
    // Whoever kept the block sees this.
    memory.fill(0x21);
    await Promise.resolve();
  }
}

/** All bytes of a stage and what it returned. */
export async function collect<End>(stage: AsyncGenerator<Block, End>): Promise<{ bytes: Buffer; end: End }> {
  const parts: Uint8Array[] = [];
  for (let step = await stage.next(); ; step = await stage.next()) {
    if (step.done === true) return { bytes: Buffer.concat(parts), end: step.value };
    parts.push(step.value.slice());
  }
}

/** Runs `work` as a user who is not root (containers often are), with `folder` open to that user. Node on Windows has no users. */
export async function asOrdinaryUser(folder: string, work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) {
    await work();
    return;
  }
  fs.chmodSync(folder, 0o755);
  process.seteuid?.(65534); // nobody
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
