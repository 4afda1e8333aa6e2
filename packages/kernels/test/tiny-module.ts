/** Unsigned LEB128. */
function leb(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...leb(value >>> 7)] : [low];
}
const text = (of: string): number[] => [of.length, ...new TextEncoder().encode(of)];
const section = (id: number, bytes: number[]): number[] => [id, ...leb(bytes.length), ...bytes];
const list = (items: readonly number[][]): number[] => [...leb(items.length), ...items.flat()];

const I32 = 0x7f;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const type = (parameters: number): number[] => [0x60, ...list(Array(parameters).fill([I32])), 0];
const body = (locals: number[][], code: number[]): number[] => {
  const all = [...list(locals), ...code, 0x0b];
  return [...leb(all.length), ...all];
};

/** target[i] = factor · source[i], for i from `from` to `to`: (part, from, to, source, target). */
function scaled(factor: number): number[] {
  const at = (base: number): number[] => [...get(base), ...get(1), 0x41, 2, 0x74, 0x6a]; // base + (from << 2)
  const constant = [0x43, ...new Uint8Array(Float32Array.of(factor).buffer)];
  const step = [...at(4), ...at(3), 0x2a, 2, 0, ...constant, 0x94, 0x38, 2, 0, ...get(1), 0x41, 1, 0x6a, ...set(1)];
  return body([], [0x02, 0x40, 0x03, 0x40, ...get(1), ...get(2), 0x4e, 0x0d, 1, ...step, 0x0c, 0, 0x0b, 0x0b]);
}

/**
 * A module as the compiler generates them, which exports `scaled` (see there), `product`, which is `kernels.multiplyRows`, and
 * `trap`.
 */
export function tinyModule(factor: number, isShared: boolean): Uint8Array<ArrayBuffer> {
  const memory = [...text('env'), ...text('memory'), 2, isShared ? 3 : 1, 1, ...leb(65536)];
  const multiplyRows = [...text('kernels'), ...text('multiplyRows'), 0, 1];
  const product = body([], [...Array.from({ length: 11 }, (_, i) => get(i)).flat(), 0x10, 0]);
  const exported = (name: string, index: number): number[] => [...text(name), 0, index];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([type(5), type(11), type(3)])),
    ...section(2, list([memory, multiplyRows])),
    ...section(3, list([[0], [1], [2]])),
    ...section(7, list([exported('scaled', 1), exported('product', 2), exported('trap', 3)])),
    ...section(10, list([scaled(factor), product, body([], [0])])),
  ]);
}
