import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gru } from '@elman/cells';
import { Rng } from '@elman/core';
import { seq2seq, type Translator } from '@elman/models';
import { layer } from '@elman/rnn';
import { byteTokenizer, characterTokenizer, type Tokenizer, withBoundary, wordTokenizer } from '@elman/tokenizers';
import { tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { LineSplitter, oneLine } from '../src/lines.ts';
import { writeJson } from '../src/terminal.ts';
import { translateLines } from '../src/translation/lines.ts';
import { readPairs } from '../src/translation/pairs-file.ts';
import { written } from './text-model.ts';

/** What somebody may take for the end of a line. */
const BREAKS = ['\u2028', '\u2029', '\u0085', '\v', '\f', '\r', '\u001C', '\u001D', '\u001E'];
/** As Python splits it. */
const splitLines = (text: string): string[] => {
  const lines = [''];
  for (const character of text.replaceAll('\r\n', '\n')) {
    if (character === '\n' || BREAKS.includes(character)) lines.push('');
    else lines[lines.length - 1] += character;
  }
  return lines;
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('LineSplitter', () => {
  const splitBy = (size: number, bytes: Uint8Array): string[] => {
    const splitter = new LineSplitter();
    const lines: string[] = [];
    for (let from = 0; from < bytes.length; from += size)
      lines.push(...splitter.push(bytes.subarray(from, from + size)));
    return [...lines, ...splitter.end()];
  };

  it.each([1, 2, 3, 5, 1000])('ends lines at \\n and \\r\\n alone, %i bytes at a time', (size) => {
    const inner = BREAKS.map((character) => `a${character}b`);
    expect(splitBy(size, bytesOf(inner.join('\n')))).toEqual(inner);
    expect(splitBy(size, bytesOf('\uFEFFä\r\n\n𝌆\r\r\n\uFEFFend'))).toEqual(['ä', '', '𝌆\r', '\uFEFFend']);
    expect(splitBy(size, bytesOf('one\ntwo\n'))).toEqual(['one', 'two']);
    expect(splitBy(size, bytesOf('\r'))).toEqual(['']);
    expect(splitBy(size, new Uint8Array())).toEqual([]);
    expect(splitBy(size, Uint8Array.of(0x61, 0xff, 0x0a, 0x62))).toEqual(['a\uFFFD', 'b']);
  });

  it('keeps what it was given where the bytes are written over', () => {
    const splitter = new LineSplitter();
    const bytes = bytesOf('abc');
    splitter.push(bytes);
    bytes.fill(0);
    expect(splitter.push(bytesOf('d\n'))).toEqual(['abcd']);
  });
});

it('oneLine leaves nothing that ends a line', () => {
  for (const character of [...BREAKS, '\n', '\r\n']) expect(oneLine(`a${character}b`)).toBe('a b');
  expect(oneLine('a\tb\u00A0c')).toBe('a\tb\u00A0c');
});

it('pairs are read a line each, whatever is in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elman-pairs-'));
  const file = join(folder, 'pairs.tsv');
  writeFileSync(file, BREAKS.map((character) => `a${character}b\tx${character}y\r\n`).join('\n'));
  const { pairs } = await readPairs(file);
  expect(pairs).toEqual(BREAKS.map((character) => ({ source: `a${character}b`, target: `x${character}y` })));
  rmSync(folder, { recursive: true });
});

it('writeJson escapes what ends a line for some', async () => {
  const { stdout } = await written(async () => writeJson({ text: BREAKS.join('') }));
  expect(splitLines(stdout.trimEnd())).toHaveLength(1);
  expect(JSON.parse(stdout)).toEqual({ text: BREAKS.join('') });
});

/** One that has learnt nothing, from one tokenizer to another. */
function translator(source: Tokenizer, inner: Tokenizer): Translator {
  const target = withBoundary(inner);
  const model = seq2seq({
    encoder: layer(gru({ inputSize: 3, hiddenSize: 4 })),
    decoder: gru({ inputSize: 3, hiddenSize: 4 }),
    source,
    target,
  });
  return { model, params: model.init(Rng.seeded(2)), source, target };
}

/** What `elman translate` makes of an input that comes in parts. */
const translated = (
  one: Translator,
  parts: readonly string[],
  options: { json?: boolean; allowUnknown?: boolean } = {},
) => {
  async function* input() {
    for (const part of parts) yield bytesOf(part);
  }
  return written(() => translateLines(one, { beam: 1, ...options }, input()));
};

describe('elman translate', () => {
  it('writes a line for each line, whatever is in it', async () => {
    // Bytes and words may write line breaks; this one writes nothing but.
    const breaks = {
      ...characterTokenizer.fromText('ab'),
      unknownId: undefined,
      decoder: () => ({ push: () => '\n\u2028', flush: () => '' }),
    };
    const text = `${BREAKS.map((character) => `a${character}b\n`).join('')}\r\n  \nlast`;
    for (const target of [byteTokenizer(), wordTokenizer.fromText('a b\n'), breaks]) {
      const { stdout } = await translated(translator(byteTokenizer(), target), [text.slice(0, 7), text.slice(7)]);
      const lines = splitLines(stdout);
      expect(lines.length).toBe(BREAKS.length + 3 + 1);
      expect([lines[BREAKS.length], lines[BREAKS.length + 1], lines.at(-1)]).toEqual(['', '', '']);
    }
  });

  it('answers a line without tokens with an empty one', async () => {
    const drops = {
      ...characterTokenizer.fromText('a'),
      encode: (text: string) =>
        Int32Array.from(
          [...text].filter((c) => c === 'a'),
          () => 1,
        ),
    };
    const { stdout } = await translated(translator(drops, byteTokenizer()), ['xyz\na\n'], { json: true });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).source),
    ).toEqual(['xyz', 'a']);
    expect(JSON.parse(stdout.split('\n')[0] as string)).toMatchObject({ text: '', unknown: ['x', 'y', 'z'] });
  });

  it('says once what it does not know of its input', async () => {
    const { stderr } = await translated(translator(characterTokenizer.fromText('abc'), byteTokenizer()), [
      'ab\nax\nxx\nzx\n',
    ]);
    expect(stderr).toBe('elman: line 2: the model does not know "x".\nelman: line 4: the model does not know "z".\n');
  });

  it('writes no <unk>, unless that is allowed', async () => {
    const plain = translator(byteTokenizer(), wordTokenizer.fromText('a'));
    const { output } = plain.params;
    const bias = tensor1d([9, ...Array<number>(plain.target.vocabSize - 1).fill(0)]);
    const one = { ...plain, params: { ...plain.params, output: { ...output, bias } } };
    const lines = ['1\n', '2\n'];
    expect((await translated(one, lines)).stdout).not.toContain('<unk>');
    expect((await translated(one, lines, { allowUnknown: true })).stdout).toContain('<unk>');
  });
});
