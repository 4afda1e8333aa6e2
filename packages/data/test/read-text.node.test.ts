import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@elman/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeText, readText } from '../src/node.ts';

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-data-'));
  await writeFile(at('one.txt'), 'one é😀\n');
  await writeFile(at('two.txt'), '\uFEFFtwo\r\n');
  await writeFile(at('empty.txt'), '');
  await writeFile(at('nul.bin'), Uint8Array.of(0x61, 0, 0x62));
  await writeFile(at('latin1.txt'), Uint8Array.of(0x61, 0xe9, 0x62));
});
afterAll(() => rm(folder, { recursive: true }));

it('reads files in the given order', async () => {
  expect(await readText(at('one.txt'))).toBe('one é😀\n');
  expect(await readText([at('two.txt'), at('one.txt')])).toBe('two\r\none é😀\n');
});

it('names the fault of a file and the remedy in one line', async () => {
  const wrong: [string, RegExp][] = [
    ['none.txt', /no such file; check the path\.$/],
    ['one.txt/none.txt', /no such file; check the path\.$/],
    ['', /this is a folder; name the files in it/],
    ['empty.txt', /the file is empty; give one with text\.$/],
    ['nul.bin', /not text \(a NUL byte at 1\); give a text in UTF-8\.$/],
    ['latin1.txt', /not UTF-8 text; convert it first/],
  ];
  for (const [name, message] of wrong) {
    const error = await readText([at('one.txt'), at(name)]).catch((caught) => caught);
    expect(DataError.isInstance(error), name).toBe(true);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(at(name));
    expect(error.message).not.toContain('\n');
  }
  await expect(readText([])).rejects.toThrow(DataError);
});

/** In UTF-16, with the mark or without. */
function utf16(text: string, endian: 'LE' | 'BE', mark = true): Uint8Array {
  const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
  return endian === 'LE' ? bytes : bytes.swap16();
}

it('reads UTF-16 with a byte order mark', async () => {
  const text = 'one é😀 日本\r\n';
  for (const endian of ['LE', 'BE'] as const) {
    await writeFile(at(`${endian}.txt`), utf16(text, endian));
    expect(await readText(at(`${endian}.txt`))).toBe(text);
    expect(decodeText('input', utf16(text, endian))).toBe(text);
  }
});

it.each([
  [
    'UTF-16 without a mark',
    utf16('some text', 'LE', false),
    /looks like UTF-16; convert it: iconv -f UTF-16LE -t UTF-8\./,
  ],
  ['the same with the other end first', utf16('some text', 'BE', false), /iconv -f UTF-16BE -t UTF-8\./],
  ['UTF-16 of an odd length', utf16('some text', 'LE').subarray(0, -1), /begins as UTF-16 does and is not that/],
  ['UTF-16 with a lone surrogate', Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x61, 0x00), /begins as UTF-16 does/],
  ['UTF-16 with a NUL', utf16('a\0b', 'LE'), /not text \(a NUL at 1\)/],
  ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), /UTF-32; convert it: iconv -f UTF-32 -t UTF-8\./],
  ['UTF-32 with the other end first', Uint8Array.of(0, 0, 0xfe, 0xff, 0, 0, 0, 0x61), /UTF-32; convert it/],
  ['nothing', new Uint8Array(), /the input is empty/],
])('refuses %s in one line', (_, bytes, message) => {
  expect(() => decodeText('input', bytes)).toThrow(message);
});

it('names the file in the command that converts it, as a shell takes it', async () => {
  await writeFile(at("it's latin.txt"), Uint8Array.of(0x61, 0xe9, 0x62));
  const quoted = at("it's latin.txt").replace("'", `'\\''`);
  await expect(readText(at("it's latin.txt"))).rejects.toThrow(
    `iconv -f LATIN1 -t UTF-8 '${quoted}' > '${quoted}.utf8'.`,
  );
});
