import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '@elman/checkpoint/node';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { refusal } from './support/refusal.ts';

let folder = '';
const lock = () => join(folder, '.lock');

beforeEach(async () => {
  const made = await mkdtemp(join(tmpdir(), 'elman-lock-'));
  folder = join(made, 'run');
  return () => rm(made, { recursive: true });
});

const put = async (content: object | string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(lock(), typeof content === 'string' ? content : JSON.stringify(content));
};

test('one process has a folder at a time, and leaves nothing in it', async () => {
  const first = await lockFolder(folder);
  expect(await refusal(() => lockFolder(folder))).toBe(
    `${folder}: process ${process.pid} on ${hostname()} trains there; wait for it or choose another folder, or remove ${lock()} if it runs no more.`,
  );
  expect(await readdir(folder)).toEqual(['.lock']);
  await first.release();
  await (await lockFolder(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

test('of many at once one has it', async () => {
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the lock of a process that has ended is replaced, by one of many', async () => {
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  await put({ host: hostname(), pid: dead, started: '' });
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['.lock']);
});

test('so is one that was left in the removal of another', async () => {
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  await put({ host: hostname(), pid: dead, started: '' });
  await writeFile(`${lock()}.removal`, JSON.stringify({ host: hostname(), pid: dead, started: '' }));
  await (await lockFolder(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'so is that of an earlier process of the same number (Linux only)',
  async () => {
    const { release } = await lockFolder(folder);
    const mine = JSON.parse(await readFile(lock(), 'utf8'));
    await release();
    await put({ ...mine, started: mine.started.replace(/^\d+/, (ticks: string) => `${Number(ticks) - 1}`) });
    await (await lockFolder(folder)).release();
    await put({ ...mine, started: mine.started.replace(/ .*/, ' another-boot') });
    await (await lockFolder(folder)).release();
    await put(mine);
    expect(await refusal(() => lockFolder(folder))).toContain(`process ${process.pid}`);
  },
);

test('that of a process that runs, of another machine or of an unknown holder is not', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  onTestFinished(() => void child.kill());
  await put({ host: hostname(), pid: child.pid, started: '' });
  expect(await refusal(() => lockFolder(folder))).toContain(`process ${child.pid} on ${hostname()} trains there`);
  await put({ host: 'elsewhere\u001b[31m', pid: 1, started: '' });
  expect(await refusal(() => lockFolder(folder))).toContain('process 1 on elsewhere\\u001b[31m trains there');
  for (const content of ['', '{', 'null', '{"host":1}']) {
    await put(content);
    expect(await refusal(() => lockFolder(folder))).toContain('another process trains there');
  }
});

test('a lock that is not its own is not released', async () => {
  const { release } = await lockFolder(folder);
  await put('of another');
  await release();
  expect(await readFile(lock(), 'utf8')).toBe('of another');
});

test('a folder that cannot be had is refused in one line', async () => {
  await writeFile(folder, 'a file');
  expect(await refusal(() => lockFolder(folder))).toContain('a file stands where a folder is needed');
});
