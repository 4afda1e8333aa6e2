/** A process that saves checkpoints until it is killed: `node writer.ts FOLDER SIZE`. */
import { writeSync } from 'node:fs';
import { folderStorage } from '@elman/checkpoint/node';

const [folder, size] = process.argv.slice(2) as [string, string];
const storage = folderStorage(folder);

/** A safetensors file of one tensor, each number of which is `step`. */
function checkpoint(step: number): Uint8Array {
  const length = Number(size);
  const header = `{"__metadata__":{"step":"${step}"},"x":{"dtype":"F32","shape":[${length}],"data_offsets":[0,${4 * length}]}}`;
  const start = Math.ceil((8 + header.length) / 8) * 8;
  const bytes = new Uint8Array(start + 4 * length).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  new TextEncoder().encodeInto(header, bytes.subarray(8));
  new Float32Array(bytes.buffer, start).fill(step);
  return bytes;
}

for (let step = 1; ; step++) {
  await storage.write('training.safetensors', checkpoint(step));
  writeSync(1, `${step}\n`);
}
