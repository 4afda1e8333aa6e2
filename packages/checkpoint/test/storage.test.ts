import { httpStorage, memoryStorage } from '@elman/checkpoint';
import { describe, expect, test } from 'vitest';
import { refusal } from './support/refusal.ts';

describe('memoryStorage', () => {
  test('keeps copies', async () => {
    const storage = memoryStorage();
    const bytes = Uint8Array.of(1, 2, 3);
    await storage.write('a.bin', bytes);
    bytes[0] = 9;
    const read = await storage.read('a.bin');
    expect([...read]).toEqual([1, 2, 3]);
    read[0] = 9;
    expect([...(await storage.read('a.bin'))]).toEqual([1, 2, 3]);
    expect(await storage.exists('a.bin')).toBe(true);
    expect(await storage.exists('b.bin')).toBe(false);
  });
  test('names a missing file', async () =>
    expect(await refusal(() => memoryStorage().read('a.bin'))).toBe(
      'memory:a.bin: not found; nothing was saved under this name.',
    ));
  test.each(['', '.', '..', '../up', 'a/b', 'a\\b', '.hidden', 'a\0b'])('refuses the name %j', async (name) =>
    expect(await refusal(() => memoryStorage().write(name, new Uint8Array(1)))).toContain('expected a plain file name'),
  );
});

describe('httpStorage', () => {
  const answers: { readonly [name: string]: () => Response } = {
    'model.json': () => new Response('{"a":1}', { headers: { 'content-type': 'application/json' } }),
    'spa.json': () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    'page.html': () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
    'broken.json': () => new Response('', { status: 500 }),
    'odd name%.json': () => new Response('ok'),
  };
  const asked: string[] = [];
  const answer = (headAllowed: boolean) => async (address: string | URL | Request, init?: RequestInit) => {
    asked.push(`${init?.method} ${address}`);
    if (init?.method === 'HEAD' && !headAllowed) return new Response('', { status: 405 });
    const name = decodeURIComponent(`${address}`.split('/').at(-1) ?? '');
    return answers[name]?.() ?? new Response('', { status: 404 });
  };
  const base = 'https://example.org/poet';
  const storage = httpStorage(base, { fetch: answer(true) as typeof fetch });

  test('reads', async () => {
    expect(new TextDecoder().decode(await storage.read('model.json'))).toBe('{"a":1}');
    expect(asked.at(-1)).toBe('GET https://example.org/poet/model.json');
    expect(new TextDecoder().decode(await storage.read('odd name%.json'))).toBe('ok');
    expect((await storage.read('page.html')).length).toBe(3);
  });

  test('detects existing files, with and without HEAD', async () => {
    for (const headAllowed of [true, false]) {
      const { exists } = httpStorage(new URL(`${base}/`), { fetch: answer(headAllowed) as typeof fetch });
      expect(await Promise.all(['model.json', 'none.json', 'spa.json', 'page.html'].map(exists))).toEqual([
        true,
        false,
        false,
        true,
      ]);
    }
  });

  test('reports errors in one line', async () => {
    expect(await refusal(() => storage.read('none.json'))).toBe(`${base}/none.json: not found. Check the address.`);
    expect(await refusal(() => storage.read('spa.json'))).toBe(`${base}/spa.json: not found. Check the address.`);
    expect(await refusal(() => storage.read('broken.json'))).toBe(
      `${base}/broken.json: the server answered 500. Check the address.`,
    );
    expect(await refusal(() => storage.write('model.json', new Uint8Array(1)))).toBe(
      `${base}/model.json: not written: an address can only be read. Save to a folder.`,
    );
    const offline = httpStorage(base, { fetch: () => Promise.reject(new TypeError('fetch failed\n  at x')) });
    expect(await refusal(() => offline.read('a.json'))).toBe(
      `${base}/a.json: not reached (fetch failed). Check the address and the network.`,
    );
    const cut = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
    const breaking = httpStorage(base, { fetch: async () => new Response(cut) });
    expect(await refusal(() => breaking.read('a.json'))).toContain('broke off');
  });
});
