import { decodeSafetensors, encodeSafetensors } from '@elman/checkpoint';
import { type Tree, tree } from '@elman/core';
import { scalar, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixture from '../fixtures/names.json' with { type: 'json' };
import { file, refusal } from './support/refusal.ts';

const DTYPES: { readonly [name: string]: 'float32' | 'int32' | 'bool' } = {
  float32: 'float32',
  int32: 'int32',
  bool: 'bool',
};
const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

test("names of every kind are in the order of Python's safetensors, to the byte", async () => {
  const params: Tree = Object.fromEntries(
    fixture.written.tensors.map(({ name, dtype, shape, values }) => [name, tensor(values, shape, DTYPES[dtype])]),
  );
  const metadata = { 'ключ \u{1f600}': '"\u2028\u0001\\' };
  expect(await encodeSafetensors(params, metadata)).toEqual(bytesOf(fixture.written.bytes));
  tree.dispose(params);
});

describe("a header is read where Python's safetensors reads it", () => {
  test.each(fixture.headers)('$header', async ({ header, size, isRead }) => {
    const bytes = file(header, size);
    if (isRead) expect(decodeSafetensors(bytes, 'm').entries.size).toBeGreaterThan(0);
    else
      expect(await refusal(() => decodeSafetensors(bytes, 'm'))).toMatch(
        /^m: damaged: .* Use an earlier checkpoint\.$/,
      );
  });
});

const x = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';

describe('ambiguous headers are refused, with the reason', () => {
  test.each([
    [`{"a":{${x},"data_offsets":[0,4]}}`, 'a: data_offsets stands twice in its header.'],
    [`{"a":{${x}},"a":{${x}}}`, 'a stands twice in its header.'],
    [`{"a":{${x}},"\\u0061":{${x}}}`, 'a stands twice in its header.'],
    [`{"__metadata__":{"k":"1","k":"2"},"a":{${x}}}`, '__metadata__: k stands twice in its header.'],
    [`{"__metadata__":{"__proto__":"1","__proto__":"2"}}`, '__metadata__: __proto__ stands twice in its header.'],
    [`{"a":{${x},"more":[{"b":1,"b":1}]}}`, 'a: more: b stands twice in its header.'],
    [`{"a":{${x.replace('[1]', '[1.0]')}}}`, 'a: shape: expected whole numbers, got 1.0.'],
    [`{"a":{${x.replace('[0,', '[-0,')}}}`, 'a: data_offsets: expected whole numbers, got -0.'],
    [`{"a":{${x.replace('[1]', '[9007199254740993]')}}}`, 'a: expected a shape, got [9007199254740992].'],
    ['{"__metadata__":{"a":"\\udc00"}}', 'a text in its header is not Unicode.'],
  ])('%s', async (header, what) => {
    expect(await refusal(() => decodeSafetensors(file(header, 4), 'm'))).toBe(
      `m: damaged: ${what} Use an earlier checkpoint.`,
    );
  });
});

describe('files that Python could not read are not written', () => {
  test('two tensors with the same path', async () => {
    const params = { '': { a: scalar(1) }, a: tensor1d([1], 'int32') };
    expect(await refusal(() => encodeSafetensors(params))).toBe(
      'safetensors: a: two tensors have this path; rename one.',
    );
  });
  test('a lone surrogate', async () => {
    expect(await refusal(() => encodeSafetensors({ '\ud800': scalar(1) }))).toContain('rename it');
    expect(await refusal(() => encodeSafetensors({}, { a: '\udc00' }))).toMatch(/^safetensors: metadata: a: expected/);
  });
});
