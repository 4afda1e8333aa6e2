/**
 * Over several seeds: the length up to which a net with stacks is right, soft and hard, and LSTMs with as many updates
 * (`--without` stacks: LSTMs alone).
 *
 *   pnpm --filter stack-languages seeds [--language anbn|anbncn|dyck|reverse --seeds 10 --lstm 4,10,40 --updates 300 --longest 500]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { tree } from '@elman/core';
import { findLanguage, overrides } from './languages.ts';
import { learn } from './learn.ts';
import { firstWrong, lengthsOf, tryOut } from './measure.ts';
import { lstmNet, type Net, stackNet } from './nets.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    ...overrides,
    language: string,
    seeds: string,
    lstm: string,
    longest: string,
    without: { type: 'boolean' },
  },
});
const language = findLanguage(values.language ?? 'anbn', values);
const seeds = Array.from({ length: Number(values.seeds ?? 10) }, (_, i) => `${i + 1}`);
const lstms = (values.lstm ?? '10').split(',').filter(Boolean).map(Number);
const lengths = lengthsOf(language).filter((length) => length <= Number(values.longest ?? Infinity));
const longest = lengths.at(-1) as number;
await selectBackend();

const { task, trained, updates } = language;
console.log(
  `${task.name}: the first ${language.length} at which a word is wrong; ${updates} updates on 1 to ${trained}.\n`,
);
const began = performance.now();
const stacks: readonly (readonly [title: string, net: Net])[] = [
  ['stack, soft', stackNet(language)],
  ['stack, hard', stackNet(language, true)],
];
const trainees: readonly (readonly (readonly [title: string, net: Net])[])[] = [
  ...(values.without === true ? [] : [stacks]),
  ...lstms.map((units) => [[`LSTM of ${units}`, lstmNet(language, units)] as const]),
];
const titles = trainees.flat().map(([title]) => title);
console.log(`| seed | ${titles.join(' | ')} |\n| --- |${' --- |'.repeat(titles.length)}`);
const wrongs: (number | undefined)[][] = [];
for (const seed of seeds) {
  const row: (number | undefined)[] = [];
  for (const nets of trainees) {
    const [[, trainee]] = nets as [(typeof nets)[number]];
    const params = await learn(language, trainee, seed);
    for (const [, net] of nets) row.push(firstWrong(await tryOut(language, net, params, lengths)));
    tree.dispose(params);
  }
  wrongs.push(row);
  console.log(`| ${seed} | ${row.map((wrong) => wrong ?? `none up to ${longest}`).join(' | ')} |`);
}
const share = (beyond: number, net: number): string =>
  `${wrongs.filter((row) => (row[net] ?? Number.POSITIVE_INFINITY) > beyond).length} of ${seeds.length}`;
for (const beyond of [trained, 2 * trained, 60, longest].filter((length) => length <= longest)) {
  console.log(`| right up to ${beyond} | ${titles.map((_, net) => share(beyond, net)).join(' | ')} |`);
}
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes.`);
