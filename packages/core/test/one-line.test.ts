import { expect, it } from 'vitest';
import { BackendError, CheckpointError, DataError, ElmanError, loading, oneLine, TrustError } from '../src/index.ts';

it.each([
  ['plain', 'plain'],
  ['two\nlines\r\n', 'two\\nlines\\r\\n'],
  ['\u001b[31mred\u0007\u007f\u009b', '\\u001b[31mred\\u0007\\u007f\\u009b'],
  ['a\u202eb\u2028c', 'a\\u202eb\\u2028c'],
  ['half \ud83d of \ude00', 'half \\ud83d of \\ude00'],
  ['whole 😀 é', 'whole 😀 é'],
])('oneLine escapes what is no plain character: %j', (text, wanted) => {
  expect(oneLine(text)).toBe(wanted);
});

it('oneLine leaves out the middle of what is longer than 400 characters', () => {
  expect(oneLine('a'.repeat(400))).toBe('a'.repeat(400));
  expect(oneLine(`a.json: ${'b'.repeat(100_000)}; save it again.`)).toMatch(/^a\.json: b+…b+; save it again\.$/);
  for (const text of ['x'.repeat(401), '\n'.repeat(399), `${'é😀'.repeat(5000)}!`, `!${'😀'.repeat(300)}`]) {
    expect(oneLine(text).length).toBeLessThanOrEqual(400);
    expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  }
});

it('the message of an error is one line', () => {
  expect(new DataError('a\nb').message).toBe('a\\nb');
  expect(new TrustError('x'.repeat(1000), ['p']).message).toMatch(/^x+…x+: trust: \['p'\]$/);
});

const what = { where: 'a/model.json', wanted: 'a model', advice: 'save it again' };
const thrown = (error: unknown) => () =>
  loading(what, () => {
    throw error;
  });
const deep = (): number => 1 + deep();

it('loading makes exceptions of others ours, with the file and the cause', () => {
  const foreign = new TypeError("Cannot read 'x'\nof undefined");
  expect(thrown(foreign)).toThrow(
    new CheckpointError("a/model.json: expected a model, got what cannot be read (Cannot read 'x'); save it again."),
  );
  expect(thrown(foreign)).toThrow(expect.objectContaining({ cause: foreign }));
  expect(() => loading(what, deep)).toThrow(/^a\/model\.json: expected .* \(Maximum call stack.*\); save it again\.$/);
  expect(thrown(null)).toThrow(CheckpointError);
});

it('loading adds the file to an error of ours that does not name it', () => {
  const [bare, named] = [new DataError('tokenizers: no'), new DataError('a/model.json: no')];
  expect(thrown(bare)).toThrow(expect.objectContaining({ message: 'a/model.json: tokenizers: no', cause: bare }));
  for (const error of [named, new TrustError('x', ['p']), new BackendError('none')]) {
    expect(thrown(error)).toThrow(error);
  }
});

it('loading does so for promises', async () => {
  expect(await loading(what, async () => 1)).toBe(1);
  await expect(loading(what, () => Promise.reject(new RangeError('no')))).rejects.toBeInstanceOf(ElmanError);
});
