/**
 * Trains on disks of all sizes, in whole steps, until one is large enough (Linux, as root or with user namespaces).
 *
 *   pnpm --filter @elman/reliability full-disk [bytes of a step]      (default: 1,000,000; after a build)
 *
 * On each disk once in an empty folder, and once with `--overwrite` in one with an older run, if that fits. Checked:
 * the command ends with exit code 0 and a whole run, or with exit code 1 and one line; then the folder has the last
 * save that fitted, of the new run or the older one, or nothing, and no file of the save that failed. Exit code 1 if
 * not.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './command.ts';
import { saved } from './folder.ts';

const INSIDE = 'ELMAN_INSIDE_NAMESPACE';
const step = Number(process.argv[2] ?? 1_000_000);

if (process.env[INSIDE] === undefined) {
  // Mounts in a namespace of their own need no rights outside, and end with the process.
  const { status, error } = spawnSync(
    'unshare',
    ['-rm', process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    {
      stdio: 'inherit',
      env: { ...process.env, [INSIDE]: '1' },
    },
  );
  if (error !== undefined) throw error;
  process.exit(status ?? 1);
}

const work = mkdtempSync(join(tmpdir(), 'elman-full-disk-'));
const disk = join(work, 'disk');
mkdirSync(disk);
writeFileSync(
  join(work, 'text.txt'),
  Array.from({ length: 200 }, (_, i) => `${i} bottles on wall ${(i * 7) % 13}.`).join('\n'),
);
const train = (out: string, seed: number, ...more: string[]): string[] => [
  'train',
  'text.txt',
  '--hidden',
  '200',
  '--batch',
  '4',
  '--updates',
  '3',
  '--seed',
  `${seed}`,
  '--json',
  '--out',
  out,
  ...more,
];

const FILES = new Set([
  'history.jsonl',
  'manifest.json',
  'model.json',
  'model.safetensors',
  'training.previous.safetensors',
  'training.safetensors',
]);
const problems: string[] = [];
let [failed, succeeded] = [0, 0];

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync(args[0] as string, args.slice(1), { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** One run on a disk; whether it succeeded. */
async function attempt(bytes: number, old: string | undefined): Promise<boolean> {
  const what = `${bytes} bytes${old === undefined ? '' : ', --overwrite'}`;
  const fail = (why: string): void => void problems.push(`${what}: ${why}`);
  mount('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'none', disk);
  try {
    const out = join(disk, 'run');
    if (old !== undefined) cpSync(old, out, { recursive: true });
    const { code, output } = await start(train(out, 2, ...(old === undefined ? [] : ['--overwrite'])), work).ended;
    if (code === 0) {
      await saved(out);
      return true;
    }
    if (code !== 1 || output.match(/^elman: .*$/gm)?.length !== 1) fail(`exit code ${code}: ${output.slice(-400)}`);
    const left = existsSync(out) ? readdirSync(out) : [];
    if (left.some((name) => !FILES.has(name))) fail(`left ${left.join(', ')}`);
    // Of the new run there are the saves that fitted, if there were any.
    const isThere = existsSync(out) && Object.keys(await saved(out)).length > 0;
    if (isThere !== (old !== undefined || /"event":"save"/.test(output)))
      fail(`files ${left.join(', ') || 'none'}: ${output}`);
    return false;
  } catch (error) {
    fail(`${error}`);
    return false;
  } finally {
    mount('umount', disk);
  }
}

const old = join(work, 'old');
const first = await start(train(old, 1), work).ended;
if (first.code !== 0) throw new Error(first.output);
const size = readdirSync(old).reduce((sum, name) => sum + statSync(join(old, name)).size, 0);
for (let bytes = step, isDone = false; !isDone; bytes += step) {
  const fresh = await attempt(bytes, undefined);
  const fits = bytes > 1.02 * size + 100_000;
  const over = fits && (await attempt(bytes, old));
  const done = fits ? [fresh, over] : [fresh];
  succeeded += done.filter(Boolean).length;
  failed += done.filter((isSaved) => !isSaved).length;
  isDone = fresh && over;
  console.log(
    `${bytes} bytes: ${fresh ? 'saved' : 'full'}; with an older run: ${fits ? (over ? 'saved' : 'full') : 'does not fit'}`,
  );
}
rmSync(work, { recursive: true });
console.log(`
Node ${process.versions.node}; a run takes ${size} bytes
${failed} runs on full disks, ${succeeded} on sufficient ones; ${problems.length} not as they should be
`);
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
