import { join } from 'node:path';
import { toSvg } from '@elman/charts';
import { folderStorage } from '@elman/checkpoint/node';
import { expectJson, json, OptionError, parseJson } from '@elman/core';
import { type TextScore, textScore } from '@elman/metrics';
import { aboutRun } from './about-run.ts';
import { startBackend } from './backend.ts';
import { measureText } from './eval.ts';
import { Exit } from './exit.ts';
import { optionName } from './format.ts';
import { readHistory } from './history.ts';
import { countParameters } from './parameters.ts';
import { newRun, resumedRun } from './run.ts';
import { jsonFile, RESULT, writeResult } from './run-folder.ts';
import { type RunSettings, type TrainArguments, tokenizerOf, updatesOf, validationOf } from './settings.ts';
import { stderr, stdout, writeJson } from './terminal.ts';
import { readCorpusAt } from './text.ts';
import { curvesOf, type TextResult, tableOf } from './text-table.ts';
import { trainRun } from './train.ts';

/** The command line of `elman compare --texts`: a run of `elman train` for each cell, size, number of layers and seed. */
export interface CompareTextsArguments extends Omit<TrainArguments, 'cell' | 'hidden' | 'layers' | 'seed' | 'resume'> {
  readonly texts: readonly string[];
  readonly cells: readonly string[];
  readonly hidden: readonly number[];
  readonly layers: readonly number[];
  readonly seeds: readonly number[];
  readonly out: string;
}

/**
 * Trains a language model of each kind, one after the other, in folders that `elman sample` and `elman eval` take, and
 * writes a table and a chart. A run that was interrupted goes on, one that is done is not done again.
 */
export async function compareTexts(args: CompareTextsArguments): Promise<void> {
  await startBackend(args.backend);
  const results: TextResult[] = [];
  for (const plan of plansOf(args)) {
    const result = await runOf(plan, args);
    if (result instanceof Exit) throw result;
    results.push(result);
    await writeTable(args.out, results);
  }
  if (args.json) return writeJson({ event: 'comparison', rows: results, folder: args.out });
  stdout.write(`${tableOf(results)}\n`);
  // Not on standard output, which may be sent to a file of Markdown.
  stderr.write(`saved in ${join(args.out, 'table.md')} and table.json\n`);
}

type Plan = TrainArguments & { readonly out: string };

function plansOf({ texts: _, cells, hidden, layers, seeds, out, ...rest }: CompareTextsArguments): Plan[] {
  const plans: Plan[] = [];
  for (const cell of cells) {
    for (const count of layers) {
      for (const size of hidden) {
        for (const seed of seeds) {
          const name = `${cell}-${count}x${size}-${seed}`.replaceAll(/[^\w.-]/g, '-');
          plans.push({ ...rest, cell, layers: count, hidden: size, seed, out: join(out, name) });
        }
      }
    }
  }
  return plans;
}

/** The result of a run: from its file, or trained, or trained to its end. An `Exit` if it was interrupted. */
async function runOf(plan: Plan, { texts }: CompareTextsArguments): Promise<TextResult | Exit> {
  const { out, updates: _, epochs: __, minutes: ___, ...unbounded } = plan;
  const storage = folderStorage(out);
  const isNew = plan.overwrite === true || !(await storage.exists('model.json'));
  if (!isNew && (await storage.exists(RESULT))) return doneIn(plan);
  const run = await (isNew ? newRun(texts, plan) : resumedRun(out, texts, unbounded, 'evenIfDone'));
  const { settings, model, tokens, batches } = run;
  const updatesPerEpoch = batches.train.batchesPerEpoch;
  try {
    expectSameSettings(out, settings, plan, updatesPerEpoch);
  } catch (error) {
    await run.folder.close();
    throw error;
  }
  const parameters = countParameters(model, settings.backend, ['--hidden', '--layers', '--embedding']);
  const scoreOf = (loss: number): TextScore => textScore(loss, run);
  const exitCode = await trainRun(run, plan.json === true);
  if (exitCode !== undefined) return new Exit(exitCode);
  const lines = await readHistory(out);
  const evaluations = lines.flatMap(({ step, heldOut }) => (heldOut === undefined ? [] : [[step, heldOut] as const]));
  const losses = evaluations.map(([, loss]) => loss);
  const test = settings.corpus && (await measureText(out, (await readCorpusAt(texts, settings.corpus)).test, plan));
  const result: TextResult = {
    settings,
    tokens,
    updatesPerEpoch,
    parameters,
    seconds: lines.at(-1)?.seconds ?? 0,
    date: new Date().toISOString().slice(0, 10),
    validation: losses.length === 0 ? null : scoreOf(Math.min(...losses)),
    test: test ? scoreIn(test) : null,
    evaluations,
  };
  await writeResult(storage, result);
  return result;
}

const scoreIn = ({ loss, perplexity, unknownShare, bitsPerCharacter }: TextScore): TextScore => ({
  loss,
  perplexity,
  unknownShare,
  bitsPerCharacter,
});

const ADVICE = 'begin anew with --overwrite';
const SCORE = json.nullable(
  json.record({
    loss: json.number,
    perplexity: json.number,
    unknownShare: json.number,
    bitsPerCharacter: json.nullable(json.number),
  }),
);
const RESULT_FILE = json.record({
  settings: json.record({}),
  tokens: json.count,
  updatesPerEpoch: json.size,
  parameters: json.count,
  seconds: json.number,
  date: json.text,
  validation: SCORE,
  test: SCORE,
  evaluations: json.list(json.list(json.number)),
});

async function doneIn(plan: Plan): Promise<TextResult> {
  const where = join(plan.out, RESULT);
  const bytes = await folderStorage(plan.out).read(RESULT);
  const found = parseJson(bytes, { where, advice: ADVICE });
  expectJson(where, found, RESULT_FILE, ADVICE);
  const result = found as TextResult;
  expectSameSettings(plan.out, result.settings, plan, result.updatesPerEpoch);
  return result;
}

/** @throws {OptionError} if the run in a folder is another than the one that is asked for. */
function expectSameSettings(path: string, settings: RunSettings, plan: Plan, updatesPerEpoch: number): void {
  const { corpus, cell, hidden, layers, dropout, batch, window, optimizer, learningRate, clip, seed } = plan;
  const wanted: { readonly [name: string]: unknown } = {
    ...{ corpus, cell, hidden, layers, dropout, batch, window, optimizer, learningRate, clip, seed },
    tokenizer: tokenizerOf(plan),
    embedding: plan.embedding ?? null,
    output: plan.output,
    validation: validationOf(plan),
    updates: updatesOf(plan, updatesPerEpoch),
  };
  const found = settings as { readonly [name: string]: unknown };
  const other = Object.keys(wanted).find((name) => found[name] !== wanted[name]);
  if (other === undefined) return;
  throw new OptionError(
    `${path}: there is a run with ${optionName(other)} ${found[other]}; give the same, choose another --out, or ${ADVICE}.`,
  );
}

async function writeTable(out: string, results: readonly TextResult[]): Promise<void> {
  const storage = folderStorage(out);
  const run = aboutRun(results.map(({ date }) => date));
  await storage.write('table.md', new TextEncoder().encode(`${tableOf(results)}\n`));
  await storage.write('table.json', jsonFile({ run, rows: results }));
  if (results.some(({ evaluations }) => evaluations.length > 1)) {
    await storage.write('loss.svg', new TextEncoder().encode(await toSvg(curvesOf(results))));
  }
}
