/** Values that tensors would silently change are refused: int32 truncates fractions, turns NaN into 0 and wraps large numbers. */
import { DataError, OptionError } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { bucketed, type Example, nextTokens, padded, pairBatch, pairs, tokenStream } from '../src/index.ts';

const refused = (f: () => unknown, message: string): void => {
  expect(f).toThrow(message);
  expect(f).toThrow(DataError);
  expect(f).toThrow(/^[^\n]+$/);
};

/** Values that are not ids, and how a message shows them. */
const noIds: [unknown, string][] = [
  [0.1, '0.1'],
  [Number.NaN, 'NaN'],
  [-1, '-1'],
  [2 ** 31, '2147483648'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  ['7', '"7"'],
  [null, 'null'],
  [undefined, 'undefined'],
  [true, 'true'],
  [7n, '7'],
];

describe('ids', () => {
  it.each(noIds)('are not %s', (value, shown) => {
    const ids = [3, value] as number[];
    const wanted = `expected ids, whole numbers from 0 to 2147483647, got ${shown} at`;
    const example: Example = { inputs: ids, targets: 1 };
    refused(() => padded([example], { batchSize: 1 }), `data: padded: example 0: inputs: ${wanted} 1; encode`);
    refused(() => bucketed([example], { batchSize: 1 }), `data: bucketed: example 0: inputs: ${wanted} 1; encode`);
    refused(() => padded([nextTokens([...ids, 1])], { batchSize: 1 }), `inputs: ${wanted} 1`);
    refused(() => tokenStream(ids, { batchSize: 1, windowLength: 1 }), `data: stream: ${wanted} 1`);
    const ok = { source: [1], target: [2] };
    const options = { batchSize: 1, boundary: 9 };
    refused(() => pairs([ok, { ...ok, source: ids }], options), `data: pairs: pair 1: source: ${wanted} 1`);
    refused(() => pairBatch([{ ...ok, target: ids }], 9), `data: pairBatch: pair 0: target: ${wanted} 1`);
    expect(() => pairBatch([ok], value as number)).toThrow(OptionError);
    const fill = { batchSize: 1, padding: value as number };
    if (value !== undefined) expect(() => padded([{ inputs: [1], targets: 1 }], fill)).toThrow(OptionError);
  });

  it('are whole numbers in any array', async () => {
    for (const ids of [[1, 2, 3], Uint16Array.of(1, 2, 3), Int32Array.of(1, 2, 3)]) {
      const { inputs, targets } = tokenStream(ids, { batchSize: 1, windowLength: 2 }).batch(0, 0);
      expect([inputs.dtype, await inputs.array(), await targets.array()]).toEqual(['int32', [[1, 2]], [[2, 3]]]);
      const next = padded([nextTokens(ids)], { batchSize: 1 }).batch(0, 0);
      expect([await next.inputs.array(), await next.targets.array()]).toEqual([[[1, 2]], [[2, 3]]]);
    }
  });

  it('advise frames where numbers were meant', () => {
    refused(
      () => padded([{ inputs: [0.1, 0.9], targets: [0.9, 0.3] }], { batchSize: 1 }),
      'data: padded: example 0: inputs: expected ids, whole numbers from 0 to 2147483647, got 0.1 at 0; encode it with a tokenizer, or ' +
        'give numbers as frames, a list for each time step: [[0.1], [0.9]].',
    );
  });
});

describe('numbers', () => {
  const one = (inputs: unknown, targets: unknown) => () => padded([{ inputs, targets } as Example], { batchSize: 1 });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39, '1', null])('are not %s', (value) => {
    const shown = typeof value === 'string' ? `"${value}"` : `${value}`;
    const finite = `expected numbers that are finite as float32, got ${shown} at`;
    refused(
      one(
        [
          [1, 2],
          [3, value],
        ],
        0,
      ),
      `data: padded: example 0: inputs: frame 1: ${finite} 1; leave it out or`,
    );
    refused(one([1], [[value]]), `example 0: targets: frame 0: ${finite} 0`);
    refused(one([1, 2], [0.5, 1, value]), `example 0: targets: ${finite} 2`);
    refused(one([1], value), 'example 0: targets: expected a');
  });

  it('come in frames of one width', () => {
    refused(
      one([[1, 2], [3]], 0),
      'data: padded: example 0: inputs: frame 1: expected 2 numbers as frame 0 has, got 1.',
    );
    refused(one([[1], 2], 0), 'inputs: frame 1: expected 1 numbers as frame 0 has, got 2.');
    refused(one([[]], 0), 'inputs: frame 0: expected one number or more, got 0.');
    refused(one([1, 2], [[1], [2, 3]]), 'targets: frame 1: expected 1 numbers as frame 0 has, got 2.');
  });

  it('of whole sequences are equally many, else they are taken for ids', () => {
    const examples = [
      { inputs: [1, 2, 3], targets: [0, 1, 0] },
      { inputs: [1, 2], targets: [0, 0.5] },
    ];
    refused(
      () => padded(examples, { batchSize: 1 }),
      'data: padded: example 1: targets: expected ids, one for each time step, got 0.5; for numbers at each time step give frames, ' +
        '[[0.1], [0.9]], for numbers of the whole sequence equally many (example 0: 3, example 1: 2).',
    );
    refused(one([1], new Float32Array(0)), 'example 0: targets: expected');
  });

  it('are not missing', () => {
    for (const missing of [undefined, null, 3]) refused(one(missing, 1), 'example 0: inputs: expected a list of ids');
    refused(
      one([1], undefined),
      'targets: expected a class from 0, a finite number, or a list of them, got undefined.',
    );
  });
});
