import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { captionOf, drawScene, inOtherWords, inPlainWords, PICTURE, pictureOf } from '../src/scenes.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it('trains on pictures and captions them, greedily and by beam search', () => {
  const args = ['--conditions=source', main, '--updates', '8', '--test', '6'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.match(/^\| (pairs as in training|held-out pairs) \| \d+\.\d % \| \d+\.\d % \|$/gm)).toHaveLength(2);
  expect(stdout).toMatch(/\((right|wrong: a (small|large) \w+ \w+ (left of|above) a (small|large) \w+ \w+)\)/);
});

it('names the conditionings in one line', () => {
  const args = ['--conditions=source', main, '--conditioning', 'key'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).not.toBe(0);
  expect(stderr).toContain('captions: --conditioning: expected input, state or both, got key.');
});

it('draws training scenes and held-out scenes, with paraphrases', () => {
  const rng = Rng.seeded(1);
  const sentences = (part: 'train' | 'new') =>
    new Set(Array.from({ length: 400 }, () => captionOf(drawScene(rng, part)).replace(/left of|above/, 'by')));
  const [seen, fresh] = [sentences('train'), sentences('new')];
  expect([...fresh].filter((sentence) => seen.has(sentence))).toEqual([]);
  for (let i = 0; i < 20; i++) {
    const scene = drawScene(rng, 'train');
    expect(inPlainWords(inOtherWords(rng, captionOf(scene)))).toBe(captionOf(scene));
  }
  const scene = drawScene(rng, 'new');
  expect(pictureOf(scene, Rng.seeded(2))).toEqual(pictureOf(scene, Rng.seeded(2)));
  expect(pictureOf(scene, rng)).toHaveLength(PICTURE);
});
