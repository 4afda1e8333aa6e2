/**
 * Kills training runs at random moments (SIGKILL) and goes on with them until they are done.
 *
 *   pnpm --filter @elman/reliability kills [kills] [seed]      (default: 1,000 kills, seed 1; after a build)
 *
 * Checked after each kill: the files in the folder are those of one save. At the end of each run: parameters, training state
 * and model are those of an uninterrupted run, byte for byte, and the history has each update once. Exit code 1 if not.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@elman/core';
import { type Ended, start } from './command.ts';
import { saved } from './folder.ts';

/** A run, by the command that begins it and the one that goes on with it. */
interface Kind {
  readonly name: string;
  readonly updates: number;
  begin(out: string): string[];
  resume(out: string): string[];
}

const NET = ['--hidden', '16', '--batch', '4', '--seed', '1'];
const taskOf = (out: string): string[] => [
  'task',
  'parity',
  ...NET,
  '--updates',
  '60',
  '--evaluate-every',
  '1',
  '--length',
  '4',
  '--lengths',
  '4',
  '--rows',
  '4',
  '--out',
  out,
];
const pairsOf = (out: string): string[] => [
  'translate',
  'pairs.tsv',
  ...NET,
  '--updates',
  '60',
  '--evaluate-every',
  '1',
  '--beam',
  '1',
  '--out',
  out,
];
const KINDS: readonly Kind[] = [
  {
    name: 'train',
    updates: 120,
    begin: (out) => [
      'train',
      'text.txt',
      ...NET,
      '--updates',
      '120',
      '--save-every',
      '1',
      '--evaluate-every',
      '40',
      '--out',
      out,
    ],
    resume: (out) => ['train', '--resume', out],
  },
  { name: 'task', updates: 60, begin: taskOf, resume: taskOf },
  { name: 'translate', updates: 60, begin: pairsOf, resume: pairsOf },
];

const wanted = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'elman-kills-'));
const lines = Array.from({ length: 60 }, (_, i) => `${i} bottles on wall ${(i * 7) % 13}.`);
writeFileSync(join(folder, 'text.txt'), lines.join('\n'));
writeFileSync(join(folder, 'pairs.tsv'), lines.map((line, i) => `${line}\t${i}${i}`).join('\n'));

const counts = { kills: 0, beforeFirstSave: 0, inSave: 0, runs: 0, commands: 0 };
const problems: string[] = [];

/** What a run ends with; the result has a date and seconds. */
async function outcome(out: string): Promise<string> {
  const { 'result.json': _, ...files } = await saved(out);
  return JSON.stringify(files);
}

/** Runs a command, and kills it after so many milliseconds unless it has ended before. */
async function killed(args: string[], delay: number): Promise<Ended | undefined> {
  counts.commands++;
  const { process: child, ended } = start(args, folder);
  const timer = setTimeout(() => child.kill('SIGKILL'), delay);
  const end = await ended;
  clearTimeout(timer);
  return end.code === null ? undefined : end;
}

async function uninterrupted(kind: Kind): Promise<{ readonly end: string; readonly milliseconds: number }> {
  const out = join(folder, `${kind.name}-whole`);
  const began = performance.now();
  const { code, output } = await start(kind.begin(out), folder).ended;
  if (code !== 0) throw new Error(`${kind.name}: ${output}`);
  return { end: await outcome(out), milliseconds: performance.now() - began };
}

/** One run, killed again and again. */
async function run(kind: Kind, end: string, milliseconds: number, rng: Rng): Promise<void> {
  const out = mkdtempSync(join(folder, `${kind.name}-`));
  const fail = (what: string): void => void problems.push(`${kind.name} ${out}: ${what}`);
  for (let tries = 0; ; tries++) {
    const isBegun = existsSync(join(out, 'manifest.json'));
    // The last part of a run gets its time, so that every run ends.
    const delay = counts.kills < wanted && tries < 200 ? rng.uniform(0, 1.2 * milliseconds) : 600_000;
    const ended = await killed(isBegun ? kind.resume(out) : kind.begin(out), delay);
    if (ended === undefined) {
      counts.kills++;
      const left = readdirSync(out).some((name) => name.endsWith('.next') || name.endsWith('.partial'));
      if (left) counts.inSave++;
      if (!existsSync(join(out, 'manifest.json'))) counts.beforeFirstSave++;
      else await saved(out).catch((error) => fail(`after a kill: ${(error as Error).message}`));
      if (counts.kills % 50 === 0)
        console.log(`${counts.kills} kills, ${counts.runs} runs done, ${problems.length} problems`);
      continue;
    }
    // Killed after its last save and before its end, a run of "train" is done when it is resumed.
    const isDone = ended.code === 0 || / has made \d+ updates, of \d+ wanted/.test(ended.output);
    if (!isDone) return fail(`exit code ${ended.code}: ${ended.output.slice(-400)}`);
    break;
  }
  counts.runs++;
  if ((await outcome(out)) !== end) fail('the files differ from those of the uninterrupted run');
  const steps = readFileSync(join(out, 'history.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).step);
  if (steps.join() !== Array.from({ length: kind.updates }, (_, i) => i + 1).join()) fail(`history: ${steps.join()}`);
  rmSync(out, { recursive: true });
}

const wholes = new Map<Kind, Awaited<ReturnType<typeof uninterrupted>>>();
for (const kind of KINDS) wholes.set(kind, await uninterrupted(kind));
const began = performance.now();
const rng = Rng.seeded(seed);
/** Runs one after the other, of the three kinds in turn. */
async function worker(number: number): Promise<void> {
  for (let i = number; counts.kills < wanted; i++) {
    const kind = KINDS[i % KINDS.length] as Kind;
    const { end, milliseconds } = wholes.get(kind) as Awaited<ReturnType<typeof uninterrupted>>;
    await run(kind, end, milliseconds, rng.fork(`${number} ${i}`));
  }
}
await Promise.all([worker(0), worker(1)]);
rmSync(folder, { recursive: true, force: true });
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
console.log(`
seed ${seed}, Node ${process.versions.node}, ${minutes} minutes
${counts.kills} kills of ${counts.commands} processes; ${counts.inSave} in a save, ${counts.beforeFirstSave} before the first save was complete
${counts.runs} runs done, ${problems.length} of them or their folders not as they should be
`);
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 || counts.kills < wanted ? 1 : 0;
