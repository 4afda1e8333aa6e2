import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countCharacters, readTexts } from '../src/text.ts';

let folder: string;
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-text-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readTexts', () => {
  it('joins files in the order given, a line end between two', async () => {
    const files = [file('a', 'one'), file('b', 'two\n'), file('c', '\uFEFFthree\r\n')];
    const { text, paths } = await readTexts(files);
    expect(text).toBe('one\ntwo\nthree\r\n');
    expect(paths).toEqual(files);
  });

  it('tells texts apart by their hash, not by where they lie', async () => {
    const [a, b, c] = await Promise.all(
      [file('d', 'same'), file('e', 'same'), file('f', 'Same')].map((name) => readTexts([name])),
    );
    expect(a?.hash).toBe(b?.hash);
    expect(a?.hash).not.toBe(c?.hash);
    expect(a?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['nothing', new Uint8Array(0), /the file is empty/],
    ['blank', ' \n\n', /nothing but white space/],
    ['zeros', new Uint8Array([104, 105, 0, 33]), /this is not text/],
    ['latin', new Uint8Array([99, 97, 102, 0xe9, 10]), /not UTF-8 text.* iconv/],
  ])('refuses a file of %s', async (name, content, message) => {
    await expect(readTexts([file(name, content)])).rejects.toThrow(message);
  });

  it('refuses what cannot be read, in plain words', async () => {
    await expect(readTexts([join(folder, 'missing')])).rejects.toThrow(/missing: there is no such file/);
    await expect(readTexts([folder])).rejects.toThrow(/this is a folder/);
  });
});

it('countCharacters counts code points', () => expect(countCharacters('a😀é')).toBe(3));
