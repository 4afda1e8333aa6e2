import { OptionError, type TokenModel, type TokenSession, type TokenStep, type Tree, tree } from '@elman/core';
import { add, mul, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/** How the outputs of several models are combined. */
export interface Combination {
  /** Combines the logits of each, [batch, vocabSize] all. */
  tensors(logits: readonly Tensor2D[]): Tensor2D;
  /** The same on typed arrays, for one row, into `out`. */
  numbers(logits: readonly Float32Array[], out: Float32Array): void;
  /** The share of each in the attention weights; sums to 1. */
  readonly shares: readonly number[];
}

/**
 * Several models over one vocabulary as one. Its state is the list of theirs; its context has those of the members that have one, by
 * their numbers. It opens sessions where every member does, and has attention weights if all members with a share have.
 *
 * @throws {OptionError} if the sizes of the vocabularies, or the rows of the contexts, differ.
 */
export function combine(
  where: string,
  members: readonly TokenModel<Tree>[],
  combination: Combination,
): TokenModel<readonly Tree[]> {
  const vocabSize = members[0]?.vocabSize ?? 0;
  for (const [i, member] of members.entries()) {
    if (member.vocabSize === vocabSize) continue;
    throw new OptionError(
      `${where}: models: expected one vocabulary, of ${vocabSize} as that of model 0, got ${member.vocabSize} of model ${i}.`,
    );
  }
  const own = contextOf(where, members);
  const canOpen = members.every(({ open }) => open !== undefined);
  return {
    vocabSize,
    ...(own === undefined ? {} : { context: own }),
    initialState: (batchSize) => members.map((member) => member.initialState(batchSize)),
    next: (state, tokens, context: Tree | undefined = own) =>
      tree.tidy(() => advance(members, combination, state, tokens, context) as Tree) as TokenStep<readonly Tree[]>,
    ...(canOpen ? { open: (batchSize: number) => openAll(members, combination, batchSize) } : {}),
  };
}

type Contexts = { readonly [member: string]: Tree };

function contextOf(where: string, members: readonly TokenModel<Tree>[]): Contexts | undefined {
  const contexts = members.flatMap(({ context }, i): [string, Tree][] =>
    context === undefined ? [] : [[`${i}`, context]],
  );
  if (contexts.length === 0) return undefined;
  const [rows, ...others] = contexts.map(([, context]) => tree.leaves(context)[0]?.shape[0]);
  const other = others.find((count) => count !== rows);
  if (other === undefined) return Object.fromEntries(contexts);
  throw new OptionError(
    `${where}: models: expected contexts of as many rows, got ${rows} and ${other}; bind all to the same sources.`,
  );
}

function advance(
  members: readonly TokenModel<Tree>[],
  { tensors, shares }: Combination,
  states: readonly Tree[],
  tokens: Tensor1D,
  contexts: Tree | undefined,
): TokenStep<readonly Tree[]> {
  const steps = members.map((member, i) =>
    member.next(states[i] as Tree, tokens, (contexts as Contexts | undefined)?.[`${i}`]),
  );
  const weights = weightsOf(steps, shares);
  return {
    logits: tensors(steps.map(({ logits }) => logits)),
    state: steps.map(({ state }) => state),
    ...(weights === undefined ? {} : { weights }),
  };
}

/** The mean attention weights of those with a share, if all have them over sources of one length. */
function weightsOf(steps: readonly TokenStep<Tree>[], shares: readonly number[]): Tensor2D | undefined {
  let mean: Tensor2D | undefined;
  for (const [i, { weights }] of steps.entries()) {
    const share = shares[i] as number;
    if (share === 0) continue;
    if (weights === undefined || (mean !== undefined && mean.shape.join() !== weights.shape.join())) return undefined;
    const part: Tensor2D = mul(weights, share);
    mean = mean === undefined ? part : add(mean, part);
  }
  return mean;
}

function openAll(
  members: readonly TokenModel<Tree>[],
  { numbers }: Combination,
  batchSize: number,
): TokenSession | undefined {
  const sessions: TokenSession[] = [];
  const disposeAll = (): void => {
    for (const session of sessions) session.dispose();
  };
  try {
    for (const member of members) {
      const session = member.open?.(batchSize);
      if (session === undefined) break;
      sessions.push(session);
    }
  } catch (error) {
    disposeAll();
    throw error;
  }
  if (sessions.length < members.length) {
    disposeAll();
    return undefined;
  }
  const vocabSize = members[0]?.vocabSize as number;
  const combined = new Float32Array(batchSize * vocabSize);
  return {
    next(tokens, wanted) {
      // The results of a session are valid until the next step of any session of the same model, and members may be one model.
      const given = sessions.map((session) => session.next(tokens, wanted)?.slice());
      if (!wanted) return undefined;
      for (const row of tokens.keys()) {
        const [from, to] = [row * vocabSize, (row + 1) * vocabSize];
        numbers(
          given.map((logits) => (logits as Float32Array).subarray(from, to)),
          combined.subarray(from, to),
        );
      }
      return combined.subarray(0, tokens.length * vocabSize);
    },
    keep(rows) {
      for (const session of sessions) session.keep(rows);
    },
    dispose: disposeAll,
  };
}
