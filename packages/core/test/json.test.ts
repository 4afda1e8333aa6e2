import { describe, expect, it } from 'vitest';
import { CheckpointError, expectJson, type JsonCheck, json, OptionError, parseJson } from '../src/index.ts';

const evaluation = json.record({ step: json.count, loss: json.number, metrics: json.optional(json.map(json.number)) });

describe('expectJson', () => {
  it.each<[unknown, JsonCheck]>([
    [{ step: 0, loss: 1, more: [] }, evaluation],
    [{ step: 1, loss: 1, metrics: { accuracy: 0.5 } }, evaluation],
    [null, json.nullable(evaluation)],
    ['one-hot', json.either('a size or one-hot', json.size, json.oneOf('one-hot'))],
    [[1, 2], json.list(json.size)],
    [JSON.parse('{"__proto__": 1}'), json.map(json.number)],
  ])('takes %j', (value, of) => {
    expectJson('a.json', value, of, 'save it again');
  });

  it.each<[unknown, JsonCheck, string]>([
    [null, evaluation, 'a.json: expected an object, got null'],
    [[], evaluation, 'a.json: expected an object, got an array'],
    [{ step: -1, loss: 1 }, evaluation, 'a.json: step: expected a whole number from 0, got -1'],
    [{ step: 1.5, loss: 1 }, evaluation, 'a.json: step: expected a whole number from 0, got 1.5'],
    [{ step: 1 }, evaluation, 'a.json: loss: expected a number, got none'],
    [Object.create({ step: 1, loss: 1 }), evaluation, 'a.json: step: expected a whole number from 0, got none'],
    [
      { step: 1, loss: 1, metrics: { a: '\n' } },
      evaluation,
      String.raw`a.json: metrics.a: expected a number, got "\n"`,
    ],
    [
      { evaluations: [{ step: 1, loss: {} }] },
      json.record({ evaluations: json.list(evaluation) }),
      'a.json: evaluations.0.loss: expected a number, got an object',
    ],
    [0, json.size, 'a.json: expected a positive whole number, got 0'],
    [
      'x',
      json.either('a size or one-hot', json.size, json.oneOf('one-hot')),
      'a.json: expected a size or one-hot, got "x"',
    ],
    ['x', json.oneOf(null, 'y'), 'a.json: expected one of null, "y", got "x"'],
    [1, json.text, 'a.json: expected a text, got 1'],
    [0, json.boolean, 'a.json: expected true or false, got 0'],
  ])('refuses %j', (value, of, message) => {
    const check = () => expectJson('a.json', value, of, 'save it again');
    expect(check).toThrow(new CheckpointError(`${message}; save it again.`));
    expect(() => expectJson('a.json', value, of, 'save it again', OptionError)).toThrow(OptionError);
  });
});

describe('parseJson', () => {
  it('takes the time of one look at each character, and no stack, for texts', () => {
    expect(parseJson(`{"a":"${'x'.repeat(10_000_000)}"}`, what)).toHaveProperty('a.length', 10_000_000);
    const unclosed = `{"a":"${'\\"'.repeat(1_000_000)}`;
    expect(() => parseJson(unclosed, what)).toThrow(/^a\.json: not JSON/);
  });

  const what = { where: 'a.json', advice: 'save it again' };
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('reads bytes and texts', () => {
    expect(parseJson(bytes('{"a":"é"}'), what)).toEqual({ a: 'é' });
    expect(parseJson('[1]', what)).toEqual([1]);
    expect(parseJson(`"${'[\\"{'.repeat(1000)}"`, what)).toHaveLength(3000);
    expect(parseJson(`[${'[],'.repeat(1000)}[]]`, { ...what, deepest: 2 })).toHaveLength(1001);
  });

  it.each([
    ['', /^a\.json: not JSON \(.*\); save it again\.$/],
    ['{"a":', /^a\.json: not JSON/],
    [`{"x\n${'y'.repeat(100_000)}":1`, /^a\.json: not JSON/],
    [
      '['.repeat(3000) + ']'.repeat(3000),
      /^a\.json: expected at most 500 levels of lists and objects, got more; save it/,
    ],
    ['{"a":'.repeat(100_000), /^a\.json: expected at most 500 levels/],
  ])('refuses %#', (text, message) => {
    const read = () => parseJson(bytes(text), what);
    expect(read).toThrow(CheckpointError);
    expect(read).toThrow(message);
  });

  it('refuses what is no UTF-8', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), what)).toThrow(/^a\.json: not JSON/);
  });
});
