import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { Rng } from '@elman/core';
import { expect, onTestFinished, test } from 'vitest';

const NAME = 'training.safetensors';
const SIZE = 1_000_000;
const writer = fileURLToPath(new URL('./support/writer.ts', import.meta.url));
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Starts a writer, waits `delay` ms after its first file and then until it has a partial file, kills it, and returns the last step
 * that it reported as saved.
 */
async function killedAfter(folder: string, delay: number): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=source', writer, folder, `${SIZE}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  child.stderr.on('data', (data) => {
    complaint += data;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      said += data;
      resolve();
    });
    ended.then(() => reject(new Error(`the writer ended by itself: ${complaint}`)));
  });
  await pause(delay);
  while (readdirSync(folder).every((name) => name === NAME)) await pause(0);
  child.kill('SIGKILL');
  await ended;
  return Number(said.trim().split('\n').at(-1));
}

test('kill -9 in the middle of a save leaves the last or the next checkpoint, complete', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elman-kill-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const rng = Rng.seeded('kill');
  const storage = folderStorage(folder);
  const leftovers = async () => (await readdir(folder)).filter((name) => name !== NAME);
  let interrupted = 0;
  // The writer may rename its file before the signal arrives: as many rounds as it takes to catch two.
  for (let round = 0; round < 6 || (interrupted < 2 && round < 60); round++) {
    const saved = await killedAfter(folder, rng.uniform(0, 40));
    const { entries, metadata } = decodeSafetensors(await storage.read(NAME), storage.locate(NAME));
    const step = Number(metadata.step);
    expect([saved, saved + 1]).toContain(step);
    expect(entries.get('x')?.values.every((value) => value === step)).toBe(true);
    // At most the one file that was being written; those of earlier rounds were removed by the later writers.
    const left = await leftovers();
    expect(left.length).toBeLessThanOrEqual(1);
    interrupted += left.length;
  }
  expect(interrupted, 'rounds that were killed in the middle of a save').toBeGreaterThanOrEqual(2);
  await storage.write('model.json', new TextEncoder().encode('{}'));
  expect(await leftovers()).toEqual(['model.json']);
});
