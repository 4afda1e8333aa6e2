import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors, loadInto } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('walks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elman-'));
  const storage = folderStorage(join(folder, 'a/b'));
  const params = {
    x: tensor([1, 2, 3]),
    deep: [tensor([[1], [2]], [2, 1], 'int32')],
    flag: tensor([true], [1], 'bool'),
  };
  await storage.write('model.safetensors', await encodeSafetensors(params, { a: 'b' }));
  const back = loadInto(params, await storage.read('model.safetensors'), {
    where: storage.locate('model.safetensors'),
  });
  expect([...(await back.x.data())]).toEqual([1, 2, 3]);
  expect(back.deep[0]?.dtype).toBe('int32');
  expect(await readdir(join(folder, 'a/b'))).toEqual(['model.safetensors']);
  expect(await storage.exists('model.safetensors')).toBe(true);
  expect(await storage.exists('model.json')).toBe(false);
});
