import { type Files, memoryStorage, readTogether, type Storage, savedTogether, writeTogether } from '@elman/checkpoint';
import { expect, test } from 'vitest';
import { encodeManifest } from '../src/manifest.ts';
import { refusal } from './support/refusal.ts';

const text = (of: string): Uint8Array => new TextEncoder().encode(of);
const files: Files = { 'a.json': text('{"a":1}'), 'b.bin': Uint8Array.of(0, 1, 2, 255) };
const names = ['a.json', 'b.bin'] as const;

async function withFiles(of: Files = files): Promise<Storage> {
  const storage = memoryStorage();
  await writeTogether(storage, of);
  return storage;
}

test('reads what was written, some or all of it', async () => {
  const storage = await withFiles();
  expect(await readTogether(storage, names)).toEqual(files);
  expect(await readTogether(storage, ['b.bin'])).toEqual({ 'b.bin': files['b.bin'] });
  expect(await savedTogether(storage)).toEqual([...names]);
  expect(await savedTogether(memoryStorage())).toEqual([]);
});

test('the manifest is JSON that names the files, their lengths and CRC-32s', async () => {
  const storage = await withFiles({ 'a.txt': text('123456789') });
  expect(JSON.parse(new TextDecoder().decode(await storage.read('manifest.json')))).toEqual({
    format: 'elman-manifest',
    version: 1,
    files: { 'a.txt': { bytes: 9, crc32: 'cbf43926' } },
    checksum: expect.stringMatching(/^crc32:[0-9a-f]{8}$/),
  });
});

test('any bit that changes in any file is refused', async () => {
  const storage = await withFiles();
  for (const name of ['manifest.json', ...names]) {
    const whole = await storage.read(name);
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      await storage.write(name, bytes);
      expect(await refusal(() => readTogether(storage, names)), `${name} bit ${bit}`).toContain(`memory:${name}: `);
    }
    for (const bytes of [whole.subarray(1), whole.subarray(0, -1), text(`\uFEFF${new TextDecoder().decode(whole)}`)]) {
      await storage.write(name, bytes);
      expect(await refusal(() => readTogether(storage, names))).toContain(`memory:${name}: `);
    }
    await storage.write(name, whole);
  }
});

test('a file of another save is refused', async () => {
  const storage = await withFiles();
  await storage.write('b.bin', Uint8Array.of(0, 1, 2, 254));
  expect(await refusal(() => readTogether(storage, names))).toBe(
    'memory:b.bin: damaged, or of another save: expected 4 bytes with the CRC-32 3fb23824 (manifest.json). Use an earlier copy of the folder.',
  );
  await storage.remove('b.bin');
  expect(await refusal(() => readTogether(storage, names))).toContain('memory:b.bin: missing: expected 4 bytes');
  expect(await readTogether(storage, ['a.json'])).toEqual({ 'a.json': files['a.json'] });
});

test('what the manifest does not name was not saved, whatever lies there', async () => {
  const storage = await withFiles();
  await storage.write('c.txt', text('c'));
  for (const name of ['c.txt', 'toString', '__proto__']) {
    expect(await refusal(() => readTogether(storage, [name]))).toBe(
      `memory:${name}: not found; nothing was saved under this name.`,
    );
  }
});

test('a manifest that is intact but none of ours is refused in one line', async () => {
  const storage = await withFiles();
  const with_ = (of: unknown) => encodeManifest(of as never);
  for (const bytes of [
    with_(null),
    with_([]),
    with_({ a: null }),
    with_({ a: { bytes: -0.5, crc32: '00000000' } }),
    with_({ a: { bytes: 1, crc32: '0' } }),
    text('[]'),
    text(''),
    new Uint8Array(1_000_001),
  ]) {
    await storage.write('manifest.json', bytes);
    expect(await refusal(() => readTogether(storage, names))).toMatch(/^memory:manifest\.json: /);
  }
});

test('a damaged manifest does not prevent the next save', async () => {
  const storage = await withFiles();
  await storage.write('manifest.json', text('{'));
  await writeTogether(storage, files);
  expect(await readTogether(storage, names)).toEqual(files);
});

test('a reader during saves has the files of one of them', async () => {
  const storage = await withFiles({ 'a.txt': text('0'), 'b.txt': text('0') });
  const reader = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) {
      const found = await readTogether(storage, ['a.txt', 'b.txt']);
      expect(found['a.txt']).toEqual(found['b.txt']);
    }
  };
  const writer = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await writeTogether(storage, { 'a.txt': text(`${i}`), 'b.txt': text(`${i}`) });
  };
  await Promise.all([reader(), writer()]);
});

test('files that did not change are not written again', async () => {
  const storage = await withFiles();
  const written: string[] = [];
  const watched: Storage = {
    ...storage,
    write: (name, bytes) => {
      written.push(name);
      return storage.write(name, bytes);
    },
  };
  await writeTogether(watched, files);
  expect(written).toEqual([]);
  await writeTogether(watched, { ...files, 'a.json': text('{"a":2}') });
  expect(written).toEqual(['a.json.next', 'manifest.json']);
});
