import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@elman/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readText } from '../src/node.ts';

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
    ['nul.bin', /not text \(a NUL byte at 1\); give a text file in UTF-8\.$/],
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
