import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bpeTokenizer, byteTokenizer, characterTokenizer, type Tokenizer, wordTokenizer } from '@elman/tokenizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { savedModel } from './text-model.ts';

const TEXT = 'the dog saw the cat — and the cat saw the dog, naïve 🐕 as it was\r\n'.repeat(9);
const work = mkdtempSync(join(tmpdir(), 'elman-compress-'));
const at = (name: string): string => join(work, name);
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const tokenizers = {
  bytes: byteTokenizer(),
  bpe: bpeTokenizer.fromText(TEXT, { vocabSize: 280 }),
  characters: characterTokenizer.fromText(TEXT),
  words: wordTokenizer.fromText(TEXT),
} satisfies { readonly [name: string]: Tokenizer };
type Name = keyof typeof tokenizers;
const models: { [name: string]: Awaited<ReturnType<typeof savedModel>> } = {};
beforeAll(async () => {
  for (const [name, tokenizer] of Object.entries(tokenizers)) models[name] = await savedModel(tokenizer);
});
afterAll(() => {
  for (const model of Object.values(models)) model.remove();
  rmSync(work, { recursive: true, force: true });
});

const modelOf = (name: Name): string => models[name]?.path as string;
const elman = (command: string, from: string, name: Name, to: string, ...more: string[]) =>
  inProcess([command, from, '--model', modelOf(name), '-o', to, '--backend', 'wasm', ...more]);

/** The command fails with one line, and leaves everything as it was. */
async function expectRefusal(run: () => ReturnType<typeof inProcess>, message: RegExp | string): Promise<void> {
  const before = readdirSync(work);
  const { code, stdout, stderr } = await run();
  expect(stderr).toMatch(/^elman: [^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([1, '']);
  expect(readdirSync(work)).toEqual(before);
}

const BOM = '\uFEFF';
describe('elman compress and decompress', () => {
  it.each<[Name, string, string | Uint8Array]>([
    ['characters', 'a text', TEXT],
    ['words', 'a text', TEXT],
    ['bpe', 'a text with a byte order mark and other letters', `${BOM}${TEXT}Ωß${BOM}\0`],
    ['bytes', 'a text with a byte order mark', `${BOM}${TEXT}`],
    ['bytes', 'all bytes', Uint8Array.from({ length: 256 }, (_, i) => 255 - i)],
    ['bytes', 'a file of UTF-16', Buffer.from(`${BOM}${TEXT}`, 'utf16le')],
    ['bytes', 'an empty file', ''],
    ['characters', 'an empty file', ''],
  ])('with %s give back %s', async (name, what, content) => {
    const given = file('given', content);
    const compressed = await elman('compress', given, name, at('given.elmc'), '--overwrite', '--json');
    expect(compressed).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(compressed.stdout);
    const before = readFileSync(given);
    expect([result.bytes, result.compressed]).toEqual([before.length, readFileSync(at('given.elmc')).length]);
    expect(result.compressed).toBeLessThan(result.modelBytes * 1.01 + 20);
    expect(result.compressed).toBeGreaterThan(result.modelBytes);
    expect(result.bitsPerCharacter === null).toBe(!what.startsWith('a text'));
    const back = await elman('decompress', at('given.elmc'), name, at('back'), '--overwrite');
    expect(back).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^bytes +[\d,]+\ntokens\/s .*\n$/),
    });
    expect(readFileSync(at('back')).equals(before)).toBe(true);
  });

  it('print sizes, beside those of gzip and brotli', async () => {
    const { stdout } = await elman('compress', file('text.txt', TEXT), 'bytes', at('table.elmc'));
    expect(stdout).toMatch(
      /^bytes before +648\nbytes after +\d+\nbits\/char .*\nbits\/byte .*\nthe model says +\d+\ngzip +\d+\nbrotli +\d+\ntokens\/s .*\n$/,
    );
  });
});

describe('a file is refused before anything is written', () => {
  const compressing = (name: Name, content: string | Uint8Array) => () =>
    elman('compress', file('odd', content), name, at('odd.elmc'));
  const advice = 'train a model with --tokenizer bytes, which has every file';
  beforeAll(() => file('odd', ''));

  it.each<[string, Name, string | Uint8Array, string]>([
    [
      'with unknown characters',
      'characters',
      'the ox\n',
      `odd: the model does not know "x"; ${advice}, or on a text with these.`,
    ],
    ['with unknown words', 'words', 'the ox saw an owl\n', `odd: the model does not know "ox", "an", "owl"; ${advice}`],
    ['with an unknown byte order mark', 'characters', `${BOM}the`, `the model does not know "${BOM}"`],
    [
      'that is no text',
      'bpe',
      Uint8Array.of(0x66, 0xff),
      `expected a text in UTF-8, which a tokenizer of bpe needs; ${advice}.`,
    ],
    ['of a surrogate in UTF-8', 'bpe', Uint8Array.of(0xed, 0xa0, 0x80), 'expected a text in UTF-8'],
  ])('%s, by a model of %s', async (_, name, content, message) => {
    await expectRefusal(compressing(name, content), message);
  });

  it('if its tokens do not give it back', async () => {
    const lowercase = await savedModel(wordTokenizer.fromText(TEXT, { lowercase: true, minimumCount: 1 }));
    const from = file('odd', 'The dog');
    const run = () => inProcess(['compress', from, '-m', lowercase.path, '-o', at('odd.elmc'), '--backend', 'wasm']);
    await expectRefusal(run, 'odd: its tokens (words) do not give back the same text; train');
    lowercase.remove();
  });
});

describe('what is wrong is one line', () => {
  let compressed: string;
  beforeAll(async () => {
    compressed = at('good.elmc');
    expect((await elman('compress', file('good', TEXT), 'bytes', compressed)).code).toBe(0);
  });

  it('of paths', async () => {
    const from = at('good');
    await expectRefusal(() => elman('compress', at('none'), 'bytes', at('out')), /none: no such file or folder\.$/m);
    await expectRefusal(() => elman('compress', work, 'bytes', at('out')), /it is a folder, not a file\.$/m);
    await expectRefusal(
      () => elman('compress', modelOf('bytes'), 'bytes', at('out')),
      /expected a file, got a model of text/,
    );
    await expectRefusal(
      () => elman('compress', from, 'bytes', compressed),
      /good\.elmc: there is a file already; .*--overwrite/,
    );
    await expectRefusal(() => elman('compress', from, 'bytes', `${work}/`), /--out: expected the name of a file/);
    await expectRefusal(
      () => elman('compress', from, 'bytes', join(from, 'out')),
      /not written: a file stands where a folder is/,
    );
    await expectRefusal(
      () => inProcess(['compress', from, '-o', 'x']),
      /required option '-m, --model <folder>' not specified/,
    );
    await expectRefusal(() => inProcess(['compress', from, '-o', 'x', '-m', work]), /model\.json: not found/);
  });

  it('of a damaged file, of another file, and of another model', async () => {
    const bytes = readFileSync(compressed);
    const damaged = file('damaged', Buffer.from(bytes.map((byte, i) => (i === 30 ? byte ^ 1 : byte))));
    await expectRefusal(
      () => elman('decompress', damaged, 'bytes', at('out')),
      /decompress: the bytes are damaged or cut off/,
    );
    await expectRefusal(
      () => elman('decompress', at('good'), 'bytes', at('out')),
      /decompress: expected bytes that compress gave/,
    );
    await expectRefusal(
      () => elman('decompress', compressed, 'bpe', at('out')),
      /model: expected one of 256 tokens, .* got 280/,
    );
    const other = await savedModel(byteTokenizer(), 2);
    const run = () => inProcess(['decompress', compressed, '-m', other.path, '-o', at('out'), '--backend', 'wasm']);
    await expectRefusal(run, /decompress: the model computes other probabilities than the one that compressed this/);
    other.remove();
    expect(existsSync(at('out'))).toBe(false);
  });
});
