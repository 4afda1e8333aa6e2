import type { Program } from '../../gpu/device.ts';
import type { Node } from '../graph.ts';
import type { Thing } from './run.ts';

/** Numbers of the weights of a product, for each k and column: that of row from + k and column column + shift. */
export type Access = { readonly product: Node; readonly shift: number; readonly from: number };

/** Weights as a shader reads them. */
export type Pack = {
  /** The matrix of a single access, and where its numbers lie in it. */
  readonly whole: (access: Access) => { readonly of: Thing; readonly row: number; readonly column: number };
  /** Quads [depth, width], one access in each channel. */
  readonly thing: () => Thing;
};

const isTransposed = (product: Node): boolean => product.attrs.transposeB === true;

/** A single access needs no packing, unless neighbours would read what is far apart. */
export function isDirect({ product }: Access): boolean {
  return !isTransposed(product);
}

/** The matrix that a matrix of weights is cut from, so that it need not be cut. */
function wholeOf(weights: Node): { readonly of: Node; readonly row: number; readonly column: number } {
  let [of, row, column] = [weights, 0, 0];
  while (of.op === 'Slice') {
    const [below, right] = of.attrs.begin as [number, number];
    row += below;
    column += right;
    of = of.inputs[0] as Node;
  }
  return { of, row, column };
}

/** Packs of weights, each made once in a run. */
export function packsOf(
  tensorOf: (of: Node) => Thing,
): (accesses: readonly Access[], depth: number, width: number) => Pack {
  const known = new Map<string, Thing>();
  return (accesses, depth, width) => ({
    whole({ product, shift, from }) {
      const { of, row, column } = wholeOf(product.inputs[1] as Node);
      return { of: tensorOf(of), row: row + from, column: column + shift };
    },
    thing() {
      const parts = accesses.map(({ product, shift, from }) => {
        const { of, row, column } = wholeOf(product.inputs[1] as Node);
        const at = isTransposed(product)
          ? [`column + ${row + shift}`, `row + ${column + from}`]
          : [`row + ${row + from}`, `column + ${column + shift}`];
        return { of, at: at.join(', ') };
      });
      const key = `${depth} ${width} ${parts.map(({ of, at }) => `${of.id} ${at}`).join(' ')}`;
      let thing = known.get(key);
      if (thing === undefined) {
        thing = { isHeld: false, compute: packing(parts, tensorOf, depth, width) };
        known.set(key, thing);
      }
      return thing;
    },
  });
}

function packing(
  parts: readonly { readonly of: Node; readonly at: string }[],
  tensorOf: (of: Node) => Thing,
  depth: number,
  width: number,
): Thing['compute'] {
  const nodes = [...new Set(parts.map(({ of }) => of))];
  const channels = parts.map(({ of, at }) => `w${nodes.indexOf(of)}(${at})`);
  while (channels.length < 4) channels.push('0.0');
  const program: Program = {
    inputs: Object.fromEntries(nodes.map((_, i) => [`w${i}`, 'matrix' as const])),
    output: 'quads',
    numbers: [],
    code: `
quad value(int row, int column) {
  return quad(${channels.join(', ')});
}`,
  };
  return (run) => {
    const inputs = Object.fromEntries(nodes.map((of, i) => [`w${i}`, run.get(tensorOf(of))]));
    return run.draw({ program, inputs, numbers: {} }, depth, width);
  };
}
