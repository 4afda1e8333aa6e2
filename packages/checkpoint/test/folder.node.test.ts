import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeSafetensors, httpStorage, loadInto } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { tensor1d } from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { refuseWriting } from '../src/node/errors.ts';
import { refusal } from './support/refusal.ts';

const text = (of: string): Uint8Array => new TextEncoder().encode(of);
let root = '';

beforeEach(async () => {
  const made = await mkdtemp(join(tmpdir(), 'elman-folder-'));
  root = made;
  return () => rm(made, { recursive: true, force: true });
});

describe('folderStorage', () => {
  test('creates its folder, writes, overwrites and reads, and leaves no other file', async () => {
    const folder = join(root, 'runs', 'poet');
    const storage = folderStorage(folder);
    expect(await storage.exists('model.json')).toBe(false);
    await storage.write('model.json', text('one, which is longer'));
    await storage.write('model.json', text('two'));
    expect(storage.locate('model.json')).toBe(join(folder, 'model.json'));
    expect(new TextDecoder().decode(await storage.read('model.json'))).toBe('two');
    expect(await storage.exists('model.json')).toBe(true);
    expect(await readdir(folder)).toEqual(['model.json']);
  });

  test('concurrent writes: each file is one of them, complete', async () => {
    const storage = folderStorage(root);
    const bodies = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1000 + i));
    await Promise.all(bodies.map((body, i) => storage.write(`f${i % 2}.txt`, text(body))));
    expect((await readdir(root)).sort()).toEqual(['f0.txt', 'f1.txt']);
    expect(bodies).toContain(await readFile(join(root, 'f0.txt'), 'utf8'));
  });

  test('a tree is saved to a folder, and loaded from there over HTTP', async () => {
    const storage = folderStorage(root);
    await storage.write('model.safetensors', await encodeSafetensors({ x: tensor1d([1, 2, 3]) }));
    const server = createServer(async (request, response) => {
      const body = await readFile(join(root, decodeURIComponent(`${request.url}`))).catch(() => undefined);
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const remote = httpStorage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const from of [storage, remote]) {
      expect(await from.exists('model.safetensors')).toBe(true);
      expect(await from.exists('model.json')).toBe(false);
      const where = from.locate('model.safetensors');
      const { x } = loadInto({ x: tensor1d([0, 0, 0]) }, await from.read('model.safetensors'), { where });
      expect([...(await x.data())]).toEqual([1, 2, 3]);
    }
  });

  test('names what cannot be read', async () => {
    const storage = folderStorage(root);
    await mkdir(join(root, 'folder'));
    expect(await refusal(() => storage.read('a.json'))).toBe(`${join(root, 'a.json')}: not found. Check the path.`);
    expect(await refusal(() => storage.read('folder'))).toBe(
      `${join(root, 'folder')}: a folder, not a file. Check the path.`,
    );
    expect(await refusal(() => storage.read('../a.json'))).toContain('expected a plain file name');
  });
});

describe('a failed write throws in one line and leaves no partial file', () => {
  test('if a file has the name of the folder', async () => {
    await writeFile(join(root, 'file'), 'in the way');
    for (const folder of [join(root, 'file'), join(root, 'file', 'deeper')]) {
      const storage = folderStorage(folder);
      expect(await refusal(() => storage.write('model.json', text('{}')))).toBe(
        `${join(folder, 'model.json')}: not written: a file stands where a folder is needed. Save to another folder.`,
      );
      expect(await storage.exists('model.json')).toBe(false);
    }
    expect(await readFile(join(root, 'file'), 'utf8')).toBe('in the way');
  });

  test('if a folder has the name of the file', async () => {
    await mkdir(join(root, 'model.json'));
    expect(await refusal(() => folderStorage(root).write('model.json', text('{}')))).toBe(
      `${join(root, 'model.json')}: not written: a folder has this name. Remove it or save to another folder.`,
    );
    expect(await readdir(root)).toEqual(['model.json']);
  });

  test.runIf(process.getuid?.() !== 0)('without permission (not as root, which has every permission)', async () => {
    await chmod(root, 0o500);
    expect(await refusal(() => folderStorage(root).write('model.json', text('{}')))).toBe(
      `${join(root, 'model.json')}: not written: no permission to write here. Save to another folder or change its permissions.`,
    );
    expect(await readdir(root)).toEqual([]);
  });

  test.each([
    ['ENOSPC', 'the disk is full. Free some space or save to another folder.'],
    ['EDQUOT', 'the disk quota is used up. Free some space or save to another folder.'],
    ['EROFS', 'the file system is read-only. Save to another folder.'],
    ['EACCES', 'no permission to write here. Save to another folder or change its permissions.'],
    ['EIO', 'EIO: i/o error, write.'],
  ])('%s is said in words', async (code, words) => {
    const error = Object.assign(new Error(`${code}: i/o error,\nwrite`), { code });
    expect(await refusal(() => refuseWriting('runs/x.json', error))).toBe(`runs/x.json: not written: ${words}`);
  });

  test.runIf(process.platform === 'linux')('where no user can write (/proc; Linux only)', async () => {
    expect(await refusal(() => folderStorage('/proc/elman').write('model.json', text('{}')))).toMatch(
      /^\/proc\/elman\/model\.json: not written: .* Save to another folder.*\.$/,
    );
  });

  test.runIf(process.platform === 'linux')('on a full disk (simulated by a process limit; Linux only)', async () => {
    const storage = folderStorage(root);
    await storage.write('training.safetensors', text('what was there before'));
    const writer = fileURLToPath(new URL('./support/writer.ts', import.meta.url));
    // ulimit counts blocks of 512 or 1024 bytes: the limit is reached in the middle of a file of 4 MB.
    const limited = `ulimit -f 1000; trap '' XFSZ; exec "$0" --conditions=source "$@"`;
    const { stderr } = spawnSync('sh', ['-c', limited, process.execPath, writer, root, '1000000'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain(
      `CheckpointError: ${join(root, 'training.safetensors')}: not written: the file is larger than is allowed here.`,
    );
    expect(await readdir(root)).toEqual(['training.safetensors']);
    expect(new TextDecoder().decode(await storage.read('training.safetensors'))).toBe('what was there before');
  });
});

describe('partial files of killed writers', () => {
  const host = hostname().replace(/[^A-Za-z0-9-]/g, '-') || 'host';
  const aside = (from: string, pid: number): string =>
    `.model.json.${from}.${pid}.${randomBytes(6).toString('hex')}.partial`;
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  const put = async (name: string, age = 0): Promise<string> => {
    await writeFile(join(root, name), 'partial');
    const then = new Date(Date.now() - age);
    await utimes(join(root, name), then, then);
    return name;
  };
  const DAY = 24 * 60 * 60 * 1000;

  test('are removed by the next write if orphaned, and no other files are', async () => {
    const gone = [aside(host, dead), aside('elsewhere', process.pid), aside(host, process.pid)];
    await put(gone[0] as string);
    await put(gone[1] as string, 2 * DAY);
    await put(gone[2] as string, 2 * DAY);
    const kept = [
      await put(aside(host, process.pid)),
      await put(aside(host, process.ppid), 2 * DAY),
      await put(aside('elsewhere', dead)),
      await put('.model.json.partial', 2 * DAY),
      await put(`notes.${host}.${dead}.partial`, 2 * DAY),
    ];
    await folderStorage(root).write('model.json', text('{}'));
    expect((await readdir(root)).sort()).toEqual([...kept, 'model.json'].sort());
  });

  test('are not removed through a dangling link', async () => {
    const name = aside(host, dead);
    await symlink(join(root, 'nowhere'), join(root, name));
    await folderStorage(root).write('model.json', text('{}'));
    expect(await readdir(root)).toContain('model.json');
  });
});
