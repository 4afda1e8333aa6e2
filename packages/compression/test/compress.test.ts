import { gru } from '@elman/cells';
import { crc32 } from '@elman/checkpoint';
import { Rng, type TokenModel, type Tree, tree } from '@elman/core';
import { languageModel } from '@elman/models';
import { countNgrams, evaluate, kneserNey, type NextTokenModel, tokenModel } from '@elman/ngram';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { compress, decompress } from '../src/index.ts';

const V = 12;
/** A token is often that of three before, and one. */
function text(length: number, seed: number): Int32Array {
  const rng = Rng.seeded(seed);
  const ids = new Int32Array(length);
  for (let t = 0; t < length; t++) ids[t] = rng.uniform() < 0.8 ? ((ids[t - 3] ?? 0) + 1) % V : rng.integer(V);
  return ids;
}
const counted: NextTokenModel = kneserNey(countNgrams(text(4000, 1), { vocabSize: V, order: 4 }));
const ngram = tokenModel(counted);

const net = languageModel(gru({ inputSize: 4, hiddenSize: 6 }), { vocabSize: V });
const params = net.init(Rng.seeded(2));
const bound = net.bind(params);
afterAll(() => {
  bound.dispose();
  tree.dispose(params);
});
/** Without its session: by steps on tensors. */
const { open: _, ...onTensors } = bound;

const models: readonly (readonly [string, TokenModel<Tree>])[] = [
  ['n-grams', ngram as TokenModel<Tree>],
  ['a net', bound as TokenModel<Tree>],
  ['a net on tensors', onTensors as TokenModel<Tree>],
];

describe.each(models)('compress by %s', (_, model) => {
  it.each([0, 1, 2, 3, 50, 300])('gives back %s tokens, and leaves no tensors', async (length) => {
    const ids = text(length, 7);
    const before = memory().numTensors;
    const bytes = await compress(model, ids);
    expect(await decompress(model, bytes)).toEqual(ids);
    expect(memory().numTensors).toBe(before);
  });

  it('gives back what the model finds least likely', async () => {
    const ids = [...Array<number>(40).fill(0), ...Array<number>(40).fill(V - 1)];
    expect([...(await decompress(model, await compress(model, ids)))]).toEqual(ids);
  });
});

describe('the size', () => {
  it.each([counted, kneserNey(countNgrams([], { vocabSize: V, order: 1 }))])(
    'is what the model says to 1 %% and some bytes',
    async (model) => {
      const ids = text(20_000, 3);
      let bits = 0;
      const bytes = await compress(tokenModel(model), ids, {
        onProgress: (progress) => {
          bits = progress.bits;
          expect(progress.tokens).toBeLessThanOrEqual(ids.length);
        },
      });
      const said = evaluate(model, ids, { from: 1 }).bits * (ids.length - 1) + Math.log2(V);
      expect(bits / said).toBeCloseTo(1, 5);
      expect(bytes.length).toBeLessThan((said / 8) * 1.0005 + 20);
      expect(bytes.length).toBeGreaterThan(said / 8);
    },
  );

  it('is below that of a byte a token where the model has learnt something', async () => {
    const ids = text(5000, 3);
    expect((await compress(ngram, ids)).length).toBeLessThan((5000 * Math.log2(V)) / 8 / 1.5);
  });

  it('is a byte for four tokens of four, at random, and 20 more', async () => {
    const uniform: NextTokenModel = {
      vocabSize: 4,
      contextSize: 0,
      logProbability: () => Math.log(0.25),
      logProbabilities: (_, out) => void out.fill(Math.log(0.25)),
    };
    const rng = Rng.seeded(5);
    const ids = Int32Array.from({ length: 4000 }, () => rng.integer(4));
    const { length } = await compress(tokenModel(uniform), ids);
    expect(length).toBeGreaterThan(1000);
    expect(length).toBeLessThanOrEqual(1020);
  });
});

describe('what is wrong', () => {
  const ids = text(200, 9);

  it.each([
    [[0, V], `compress: token 1: expected an id from 0 to ${V - 1}, got ${V}.`],
    [[0.5], 'compress: token 0: expected an id'],
    [[-1], 'compress: token 0: expected an id'],
  ])('is a token outside of the vocabulary: %j', async (tokens, message) => {
    await expect(compress(ngram, tokens)).rejects.toThrow(message);
  });

  it('is any byte that was changed, left out or added', async () => {
    const bytes = await compress(ngram, ids);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      (damaged[at] as number) ^= 1 << (at % 8);
      await expect(decompress(ngram, damaged)).rejects.toThrow(/^decompress: .*(damaged or cut off|something else)/);
      await expect(decompress(ngram, bytes.slice(0, at))).rejects.toThrow(/^decompress: /);
    }
    await expect(decompress(ngram, Uint8Array.of(...bytes, 0))).rejects.toThrow('damaged or cut off');
  });

  it('is another version', async () => {
    const { pack, unpack } = await import('../src/format.ts');
    const bytes = pack(unpack(await compress(ngram, ids)));
    bytes[4] = 2;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
    await expect(decompress(ngram, bytes)).rejects.toThrow('decompress: version: expected 1, got 2;');
  });

  it('is another model, of as many tokens or not', async () => {
    const bytes = await compress(ngram, ids);
    const others = [2, 3, 4].map((seed) =>
      tokenModel(kneserNey(countNgrams(text(999, seed), { vocabSize: V, order: 3 }))),
    );
    for (const other of others) {
      await expect(decompress(other, bytes)).rejects.toThrow(
        'decompress: the model computes other probabilities than the one that compressed this; use',
      );
    }
    const larger = tokenModel({ ...counted, vocabSize: V + 1 });
    await expect(decompress(larger, bytes)).rejects.toThrow(
      `decompress: model: expected one of ${V} tokens, as compressed it, got ${V + 1}; use that model.`,
    );
  });

  it('is what is no model, or one that has diverged', async () => {
    await expect(compress({} as never, ids)).rejects.toThrow('compress: model: expected a token model');
    await expect(decompress({} as never, new Uint8Array())).rejects.toThrow(
      'decompress: model: expected a token model',
    );
    await expect(compress({ ...ngram, vocabSize: 2 ** 25 }, [])).rejects.toThrow('vocabSize: expected from 1 to 2²⁴');
    const diverged = tokenModel({ ...counted, logProbabilities: (_, out) => void out.fill(Number.NaN) });
    const before = memory().numTensors;
    await expect(compress(diverged, ids)).rejects.toThrow('compression: logits: expected finite numbers, got NaN');
    expect(memory().numTensors).toBe(before);
  });

  it('is over at the next token when the signal is aborted', async () => {
    const controller = new AbortController();
    const bytes = await compress(ngram, ids);
    controller.abort(new Error('enough'));
    await expect(compress(ngram, ids, { signal: controller.signal })).rejects.toThrow('enough');
    await expect(decompress(ngram, bytes, { signal: controller.signal })).rejects.toThrow('enough');
  });
});

it('lets the event loop turn', async () => {
  let turns = 0;
  const slow = tokenModel({
    ...counted,
    logProbabilities(context, out) {
      const until = performance.now() + 2;
      while (performance.now() < until);
      counted.logProbabilities(context, out);
    },
  });
  const timer = setInterval(() => turns++, 1);
  await compress(slow, text(100, 1));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});
