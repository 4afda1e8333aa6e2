/**
 * Stack languages: a small net with stacks is trained on short words and tested on far longer ones, against an LSTM with as many
 * updates; then its stack actions are shown.
 *
 *   pnpm --filter stack-languages start [--language anbn|anbncn|dyck|reverse --updates 300 --seed 1 --lstm 10
 *     --controller feedforward|rnn --units 12 --noOp --show 10 --svg traffic.svg]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { toSvg, toText } from '@elman/charts';
import { tree } from '@elman/core';
import { findLanguage, overrides } from './languages.ts';
import { learn } from './learn.ts';
import { firstWrong, lengthsOf, type Tried, tryOut } from './measure.ts';
import { lstmNet, type Net, stackCell, stackNet } from './nets.ts';
import { traffic } from './traffic.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { ...overrides, language: string, seed: string, lstm: string, svg: string, longest: string, show: string },
});
const language = findLanguage(values.language ?? 'anbn', values);
const seed = values.seed ?? '1';
const lengths = lengthsOf(language).filter((length) => length <= Number(values.longest ?? Infinity));
const { name, device } = await selectBackend();
const { task, trained, stacks, updates } = language;
console.log(
  `${task.name}: ${updates} updates on ${language.length} from 1 to ${trained}, seed ${seed}, on ${name} (${device})\n`,
);

const shown = [1, 5, 10, 12, 15, 20, 30, 40, 60, ...language.lengths].filter(
  (length, i, all) => lengths.includes(length) && all.indexOf(length) === i,
);
console.log(`Accuracy of predictable symbols, at ${language.length} =\n`);
console.log(`| net | parameters | ${shown.join(' | ')} | first wrong word at | time |`);
console.log(`| --- | --- |${' --- |'.repeat(shown.length)} --- | --- |`);

async function compare(rows: readonly (readonly [title: string, net: Net])[]) {
  const began = performance.now();
  const [[, trainee]] = rows as [readonly [string, Net]];
  const params = await learn(language, trainee, seed);
  const seconds = `${((performance.now() - began) / 1000).toFixed(0)} s`;
  for (const [title, net] of rows) {
    const tried = await tryOut(language, net, params, lengths);
    const at = (length: number): string => cell(tried.find((one) => one.length === length) as Tried);
    const wrong = firstWrong(tried) ?? `none up to ${lengths.at(-1)}`;
    const size = tree.size(params).toLocaleString('en');
    console.log(`| ${title} | ${size} | ${shown.map(at).join(' | ')} | ${wrong} | ${seconds} |`);
  }
  return params;
}

function cell({ symbols, words }: Tried): string {
  return words === 1 ? '100 %' : `${Math.min(99.9, 100 * symbols).toFixed(1)} %`;
}

const title = `${stacks === 1 ? 'a stack' : `${stacks} stacks`}`;
const params = await compare([
  [`${title}, soft`, stackNet(language)],
  [`${title}, hard`, stackNet(language, true)],
]);
const units = Number(values.lstm ?? 10);
tree.dispose(await compare([[`LSTM of ${units}`, lstmNet(language, units)]]));

const length = Number(values.show ?? trained);
const picture = await traffic(language, stackCell(language, length), params.cell as never, length);
for (const chart of [picture.actions, picture.contents]) {
  console.log(`\n${toText(chart, { color: process.stdout.isTTY })}`);
}
if (values.svg !== undefined) await writeFile(values.svg, await toSvg(picture.actions));
tree.dispose(params);
