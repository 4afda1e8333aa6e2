import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { Rng } from '@elman/core';
import { translate } from '@elman/models';
import { dates } from './dates.ts';
import { drawRows, learn } from './learn.ts';
import { numbers, words } from './numbers.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    pairs: string,
    updates: string,
    units: string,
    encoder: string,
    seed: string,
    'no-attention': { type: 'boolean' },
  },
});
const rewriting = { dates, numbers, words }[values.pairs ?? 'dates'] ?? dates;
await selectBackend();
const began = performance.now();
let mean = 0;
const every = 100;
const net = await learn(
  rewriting,
  {
    attention: !values['no-attention'],
    encoder: (values.encoder as never) ?? 'bidirectional',
    units: Number(values.units ?? 64),
    updates: Number(values.updates ?? 2000),
    batchSize: 64,
    seed: values.seed ?? '1',
  },
  ({ step, loss }) => {
    mean += loss / every;
    if (step % every === 0) {
      console.log(`${step}: ${mean.toFixed(4)} ${((performance.now() - began) / 1000).toFixed(0)} s`);
      mean = 0;
    }
  },
);
for (const part of rewriting.parts) {
  const rows = drawRows(rewriting, part, 500, Rng.seeded(`test ${part}`));
  const written = await translate(
    net,
    rows.map(({ source }) => source),
  );
  const right = rows.filter(({ target }, i) => written[i]?.text === target).length;
  console.log(`${part}: ${((100 * right) / rows.length).toFixed(1)} % right`);
  rows.forEach((row, i) => {
    if (row.target !== written[i]?.text) console.log(row.source, row.target, written[i]?.text);
  });
}
