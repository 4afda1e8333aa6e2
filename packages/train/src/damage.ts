import { Tensor } from '@tensorflow/tfjs-core';

/** A number of a batch, by its tensor and place. */
type Damage = { readonly text: string; readonly isMasked: boolean };

/**
 * The first number of a batch that is NaN or infinite: `row 3, frame 12: inputs is NaN`, counted from 0. One that no
 * mask of the batch covers, if there is one: padding has no influence, but where the mask is one of targets only, the
 * frame has.
 */
export async function damageOf(batch: unknown): Promise<string | undefined> {
  const found = await damages(batch);
  return (found.find(({ isMasked }) => !isMasked) ?? found[0])?.text;
}

async function damages(batch: unknown, path = ''): Promise<Damage[]> {
  if (batch instanceof Tensor) return inTensor(batch, path || 'a tensor', []);
  if (typeof batch !== 'object' || batch === null || ArrayBuffer.isView(batch)) return [];
  const found: Damage[] = [];
  const parts = Object.entries(batch);
  const masks = parts.filter(([name, part]) => /mask$/i.test(name) && part instanceof Tensor).map(([, part]) => part);
  for (const [name, part] of parts) {
    const at = path === '' ? name : `${path}.${name}`;
    found.push(...(part instanceof Tensor ? await inTensor(part, at, masks) : await damages(part, at)));
  }
  return found;
}

/** The first damaged number, and the first that is not masked. */
async function inTensor(tensor: Tensor, path: string, masks: readonly Tensor[]): Promise<Damage[]> {
  if (tensor.dtype !== 'float32') return [];
  const values = await tensor.data();
  let first = 0;
  while (first < values.length && Number.isFinite(values[first])) first++;
  if (first === values.length) return [];
  const over = masks.filter((mask) => mask !== tensor && mask.shape.every((size, i) => size === tensor.shape[i]));
  const real = await Promise.all(over.map((mask) => mask.data()));
  const found: Damage[] = [];
  for (let i = first; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const isMasked = real.length > 0 && real.every((mask) => mask[Math.floor((i * mask.length) / values.length)] === 0);
    if (found.length === 0 || !isMasked) {
      found.push({ text: `${placeOf(i, tensor.shape)}: ${path} is ${values[i]}`, isMasked });
    }
    if (!isMasked) break;
  }
  return found;
}

/** Row and frame. */
function placeOf(i: number, shape: readonly number[]): string {
  const [rows = 1, frames, ...rest] = shape;
  const size = shape.reduce((product, axis) => product * axis, 1);
  const row = Math.floor((i * rows) / size);
  if (frames === undefined || rows === 0) return `row ${row}`;
  const each = rest.reduce((product, axis) => product * axis, 1);
  return `row ${row}, frame ${Math.floor(i / each) % frames}`;
}
