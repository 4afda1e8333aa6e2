/**
 * Mutated files: every kind of file that Elman reads, with bits flipped, bytes removed, inserted and moved, and with
 * JSON values removed, replaced and nested; checksums are made right again. Each must be read as something valid or
 * refused by an error of one line.
 *
 *   pnpm --filter @elman/reliability mutations [--cases 1000000] [--seed 1] [--kind NAME] [--case N]     (Node ≥ 22.18)
 *
 * Cases are shared out evenly among the kinds. Prints counts, time and memory for each, and failures with what reproduces
 * them; the exit code is 1 if there is one. With --case it runs that one alone.
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { caseOf, checkCase } from '../test/mutations/check.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
    case: { type: 'string' },
  },
});
const seed = Number(values.seed);
await selectBackend('wasm');
const { kinds } = await import('../test/mutations/kinds/index.ts');
const chosen = kinds.filter(({ name }) => values.kind === undefined || name === values.kind);
const each = Math.ceil(Number(values.cases) / chosen.length);
const [from, to] = values.case === undefined ? [0, each] : [Number(values.case), Number(values.case) + 1];
const SHOWN = 5;

let failed = 0;
console.log('| kind | cases | read | refused | failed | ms a case | longest, ms | resident, MB |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const kind of chosen) {
  const counts = { read: 0, refused: 0 };
  const failures: string[] = [];
  const start = performance.now();
  let longest = 0;
  for (let number = from; number < to; number++) {
    const before = performance.now();
    const failure = await checkCase(kind, seed, number, counts);
    longest = Math.max(longest, performance.now() - before);
    if (failure !== undefined) failures.push(`${number}: ${failure.problem}`);
    if (values.case !== undefined) console.log(new TextDecoder().decode(caseOf(kind, seed, number)).slice(0, 4000));
  }
  const time = (performance.now() - start) / (to - from);
  const figures = [time.toFixed(2), longest.toFixed(0), (process.memoryUsage.rss() / 2 ** 20).toFixed(0)];
  console.log(`| ${[kind.name, to - from, counts.read, counts.refused, failures.length, ...figures].join(' | ')} |`);
  for (const failure of failures.slice(0, SHOWN)) {
    console.error(`--seed ${seed} --kind '${kind.name}' --case ${failure}`);
  }
  failed += failures.length;
}
console.log(`\nSeed ${seed}, Node ${process.versions.node}: ${failed} failures.`);
process.exit(failed > 0 ? 1 : 0);
