/** The binary format of WebAssembly, as far as generated modules need it. */

export const I32 = 0x7f;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof V128;

/** An unsigned number. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

/** A signed number. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && !(low & 64)) || (rest === -1 && low & 64)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 128);
  }
}

const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (of: string): number[] => [...unsigned(of.length), ...[...of].map((letter) => letter.charCodeAt(0))];
const section = (id: number, body: readonly number[]): number[] => [id, ...unsigned(body.length), ...body];

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
  const types = counts.map((parameters) => [0x60, ...list(Array<number[]>(parameters).fill([I32])), 0]);
  const memory = [...text('env'), ...text('memory'), 2, isShared ? 3 : 1, ...unsigned(1), ...unsigned(65536)];
  const kernels = imported.map(([name], i) => [...text('kernels'), ...text(name), 0, ...unsigned(i)]);
  const first = imported.length;
  const exported = functions.flatMap(({ name }, i) =>
    name === undefined ? [] : [[...text(name), 0, ...unsigned(first + i)]],
  );
  const bodies = functions.map(({ locals, code }) => {
    const body = [...list(runs(locals)), ...code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  const bytes = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, list(types)),
    section(2, list([memory, ...kernels])),
    section(3, list(functions.map((_, i) => unsigned(first + i)))),
    section(7, list(exported)),
    section(10, list(bodies)),
  ];
  return Uint8Array.from(bytes.flat());
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
