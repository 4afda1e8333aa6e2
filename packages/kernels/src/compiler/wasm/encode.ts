/** The binary format of WebAssembly, as far as generated modules need it. */

export const I32 = 0x7f;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof V128;

/** Appends an unsigned number. */
export function pushUnsigned(bytes: number[], value: number): void {
  let rest = value >>> 0;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
}

/** Appends a signed number. */
export function pushSigned(bytes: number[], value: number): void {
  let rest = value | 0;
  while (rest > 63 || rest < -64) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  bytes.push(rest & 127);
}

type Bytes = readonly number[];

const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  pushUnsigned(bytes, value);
  return bytes;
};
/** Parts after the length of all. */
const measured = (parts: readonly Bytes[]): Bytes[] => [unsigned(lengthOf(parts)), ...parts];
/** Items after their number. */
const list = (items: readonly Bytes[]): Bytes[] => [unsigned(items.length), ...items];
const text = (of: string): number[] => [...unsigned(of.length), ...[...of].map((letter) => letter.charCodeAt(0))];
const section = (id: number, parts: readonly Bytes[]): Bytes[] => [[id], ...measured(parts)];
const lengthOf = (parts: readonly Bytes[]): number => parts.reduce((sum, { length }) => sum + length, 0);

/** A function of i32 parameters without a result. */
export type FunctionBody = {
  /** Its export; undefined if only others call it. */
  readonly name: string | undefined;
  readonly parameters: number;
  readonly locals: readonly ValueType[];
  readonly code: readonly number[];
};

/** Imported functions, by their names in `kernels`, with the number of their i32 parameters. */
export type Imports = { readonly [name: string]: number };

/**
 * A module of these functions over the memory `env.memory`. A call of an imported function has its place among the imports, one of these
 * functions its place after them.
 */
export function encodeModule(
  functions: readonly FunctionBody[],
  imports: Imports,
  isShared: boolean,
): Uint8Array<ArrayBuffer> {
  const imported = Object.entries(imports);
  const counts = [...imported.map(([, parameters]) => parameters), ...functions.map(({ parameters }) => parameters)];
  const types = counts.map((parameters) => [0x60, parameters, ...Array<number>(parameters).fill(I32), 0]);
  const memory = [...text('env'), ...text('memory'), 2, isShared ? 3 : 1, ...unsigned(1), ...unsigned(65536)];
  const kernels = imported.map(([name], i) => [...text('kernels'), ...text(name), 0, ...unsigned(i)]);
  const first = imported.length;
  const exported = functions.flatMap(({ name }, i) =>
    name === undefined ? [] : [[...text(name), 0, ...unsigned(first + i)]],
  );
  const bodies = functions.map(({ locals, code }) => measured([...list(runs(locals)), code, [0x0b]]));
  const parts = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([memory, ...kernels])),
    ...section(3, list(functions.map((_, i) => unsigned(first + i)))),
    ...section(7, list(exported)),
    ...section(10, [unsigned(bodies.length), ...bodies.flat()]),
  ];
  const bytes = new Uint8Array(lengthOf(parts));
  let next = 0;
  for (const part of parts) {
    bytes.set(part, next);
    next += part.length;
  }
  return bytes;
}

/** Locals of one type after the other, as counts and types. */
function runs(locals: readonly ValueType[]): number[][] {
  const found: [count: number, type: ValueType][] = [];
  for (const type of locals) {
    const last = found.at(-1);
    if (last?.[1] === type) last[0]++;
    else found.push([1, type]);
  }
  return found.map(([count, type]) => [...unsigned(count), type]);
}
