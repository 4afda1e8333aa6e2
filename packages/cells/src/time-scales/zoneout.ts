import { type Cell, expectShape, type Frame, OptionError, type Rng, type Tree, tree } from '@elman/core';
import { add, mul, scalar, sub, type Tensor } from '@tensorflow/tfjs-core';
import { around } from './part-recipe.ts';

/** Probabilities of keeping a number of the state. */
export type ZoneoutOptions = {
  /** Of every leaf, or by its name, as `{ h: 0.05, c: 0.5 }` (those left out are computed anew); default 0.1. */
  readonly rate?: number | { readonly [leaf: string]: number } | undefined;
};

/**
 * Zoneout: in training each number of the state keeps its previous value with probability p.
 *
 *   y, s̃ = cell(s, x)
 *   s' = m∘s + (1 − m)∘s̃      m = 1 with probability p, else 0; outside training m = p, the expectation
 *
 * Where the output is a part of the state (h of an LSTM), it is that of s'. Unlike dropout it lets gradients and information through
 * where it acts. Noise needs `rng`, in training, and is drawn anew at every frame. Parameters and state are the cell's own; rates by name
 * leave out what must not be kept, such as the clock of a cell.
 *
 * @throws {OptionError} if a rate is not from 0 to 1; on use, if the state has no leaf of a given name.
 * @see Krueger et al. 2016, "Zoneout: regularizing RNNs by randomly preserving hidden activations"
 */
export function zoneout<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  options: ZoneoutOptions = {},
): Cell<P, S, C> {
  const { rate = 0.1 } = options;
  const name = `zoneout(${cell.name})`;
  const byName = typeof rate === 'number' ? undefined : rate;
  for (const [leaf, p] of Object.entries(byName ?? { rate })) {
    if (!((p as number) >= 0 && (p as number) <= 1)) {
      throw new OptionError(`${name}: ${leaf}: expected a rate from 0 to 1, got ${p}.`);
    }
  }
  const nameOf = (path: string): string => path.split('.').at(-1) as string;
  const rateOf = (path: string): number => (byName === undefined ? (rate as number) : (byName[nameOf(path)] ?? 0));
  const kept = (path: string, leaf: Tensor, rng: Rng | undefined): Tensor => {
    const p = rateOf(path);
    return rng === undefined ? scalar(p) : rng.fork(path).tensor(leaf.shape, (r) => (r.bits() < p * 2 ** 32 ? 1 : 0));
  };

  return {
    name,
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    recipe: around('zoneout', cell, { rate }),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => cell.initialState(batchSize, context),
    step(params, state, input, context, rng) {
      const batch = tree.leaves(state)[0]?.shape[0];
      expectShape(name, 'input', input, { batch, inputSize: cell.inputSize });
      if (byName !== undefined) expectLeaves(name, state, byName);
      return tree.tidy(() => {
        const next = cell.step(params, state, input, context, rng?.fork('cell'));
        let { output } = next;
        const mixed = tree.zip(state, next.state, (before, after, path) => {
          if (after.dtype !== 'float32' || rateOf(path) === 0) return after;
          const m = kept(path, after, rng?.fork('zoneout'));
          const leaf = add(mul(m, before), mul(sub(1, m), after));
          if (after === next.output) output = leaf as Frame;
          return leaf;
        });
        return { output, state: mixed };
      });
    },
  };
}

function expectLeaves(where: string, state: Tree, rates: object): void {
  const names = new Set(tree.entries(state).map(([path]) => path.split('.').at(-1) as string));
  const missing = Object.keys(rates).find((leaf) => !names.has(leaf));
  if (missing === undefined) return;
  throw new OptionError(
    `${where}: rate: expected names of leaves of the state (${[...names].join(', ')}), got ${missing}.`,
  );
}
