/**
 * Polyphonic music: a recurrent network predicts which keys of a piano sound next, from all that sounded before. Prints
 * nats a frame on held-out pieces, and writes a new piece as MIDI.
 *
 *   pnpm --filter music start [--rolls FILE --first-key 0 | --midi A.mid,B.mid,…] [--cell lstm --hidden 200 --dropout 0.3 --epochs 30
 *     --batch 8 --learning-rate 0.002 --seed 1 --frames 96 --out piece.mid]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import * as cells from '@elman/cells';
import { type Cell, OptionError, Rng, type Sequence, type Tree, tree } from '@elman/core';
import {
  bucketed,
  nextFrames,
  type PianoRoll,
  type PianoRolls,
  pianoFrames,
  pianoRoll,
  readPianoRolls,
  split,
} from '@elman/data';
import { readText } from '@elman/data/node';
import { framePredictor } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { dropout } from '@elman/rnn';
import { evaluate, train } from '@elman/train';
import { tensor3d } from '@tensorflow/tfjs-core';
import { compose } from './compose.ts';
import { fromMidi, toMidi } from './midi.ts';

process.on('uncaughtException', ({ message }) => {
  console.error(`music: ${message}`);
  process.exit(1);
});
const string = { type: 'string' } as const;
const names = ['rolls', 'first-key', 'midi', 'cell', 'hidden', 'dropout', 'epochs', 'batch', 'learning-rate', 'seed'];
const { values } = parseArgs({
  options: Object.fromEntries([...names, 'frames', 'out'].map((name) => [name, string])),
}) as { values: { readonly [name: string]: string | undefined } };
const [hiddenSize, epochs, batchSize, frames] = [
  Number(values.hidden ?? 200),
  Number(values.epochs ?? 30),
  Number(values.batch ?? 8),
  Number(values.frames ?? 96),
];
const seed = values.seed ?? '1';
const rate = Number(values['learning-rate'] ?? 0.002);

const rolls = await readMusic();
const { name, device } = await selectBackend();
console.log(`Node ${process.version}, ${name} (${device}), ${cpus().length} × ${cpus()[0]?.model}`);
const count = (pieces: readonly PianoRoll[]): string =>
  `${pieces.length} pieces of ${pieces.reduce((sum, { length }) => sum + length, 0).toLocaleString('en')} frames`;
console.log(`training ${count(rolls.train)}, validation ${count(rolls.validation)}, test ${count(rolls.test)}`);

const model = framePredictor(makeCell(), { distribution: 'bernoulli' });
const examples = (pieces: readonly PianoRoll[]) => pieces.map((piece) => nextFrames(pianoFrames(piece)));
const batches = bucketed(examples(rolls.train), { batchSize, seed });
const validation = bucketed(examples(rolls.validation), { batchSize: 16 });
const updates = epochs * batches.batchesPerEpoch;
const began = performance.now();
const { params, state } = await train({
  model,
  batches,
  validation,
  optimizer: chain(
    clipByGlobalNorm(1),
    adam({ learningRate: cosine({ initial: rate, final: rate / 20, steps: updates }) }),
  ),
  updates,
  seed,
  evaluateEvery: batches.batchesPerEpoch,
  // The parameters with the lowest loss on the validation pieces are those that are tested.
  earlyStopping: { patience: epochs },
  onEvaluation({ step, loss }) {
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(
      `epoch ${step / batches.batchesPerEpoch}: ${loss.toFixed(3)} nats a frame on validation pieces, ${seconds} s`,
    );
  },
});
console.log(`${model.cell.name} of ${hiddenSize}, ${tree.size(params).toLocaleString('en')} parameters`);
for (const part of ['validation', 'test'] as const) {
  const { loss } = await evaluate(model, params, bucketed(examples(rolls[part]), { batchSize: 16 }));
  console.log(`${part}: ${loss.toFixed(3)} nats a frame`);
}

const opening = (rolls.test[0] as PianoRoll).slice(0, 8);
const start = tensor3d([pianoFrames(opening).map((frame) => [...frame])]) as Sequence;
const made = model.generate(params, start, frames, { rng: Rng.seeded(`generate ${seed}`) });
const [bits] = await made.array();
tree.dispose([start, made, state.params]);
const piece = [...opening, ...pianoRoll(bits as number[][])];
const out = values.out ?? 'piece.mid';
await writeFile(out, toMidi(piece));
console.log(`${out}: ${opening.length} frames of a test piece and ${frames} that follow\n${picture(piece)}`);

/** The pieces that are named, or such as `compose` makes. */
async function readMusic(): Promise<PianoRolls> {
  if (values.rolls !== undefined && values.midi !== undefined) {
    throw new OptionError('--midi: expected none beside --rolls; give one of them.');
  }
  if (values.rolls !== undefined) {
    const firstKey = values['first-key'] ?? '0';
    if (firstKey !== '0' && firstKey !== '21') {
      throw new OptionError(`--first-key: expected 0, or 21 for numbers of MIDI, got ${firstKey}.`);
    }
    return readPianoRolls(await readText(values.rolls), { firstKey: firstKey === '0' ? 0 : 21, where: values.rolls });
  }
  if (values.midi !== undefined) {
    const files = values.midi.split(',');
    const pieces = await Promise.all(files.map(async (file) => fromMidi(await readFile(file), file)));
    return split(pieces, { validation: 0.1, test: 0.1, seed: 'pieces' });
  }
  const composed = (part: string, pieces: number): PianoRoll[] =>
    Array.from({ length: pieces }, (_, i) => compose(Rng.seeded(part).fork(i)));
  return { train: composed('train', 200), validation: composed('validation', 40), test: composed('test', 40) };
}

function makeCell(): Cell<Tree, Tree> {
  const made = { lstm: cells.lstm, gru: cells.gru, simpleRnn: cells.simpleRnn };
  const cell = values.cell ?? 'lstm';
  if (!Object.hasOwn(made, cell)) {
    throw new OptionError(`--cell: expected ${Object.keys(made).join(', ')}, got ${cell}.`);
  }
  const make = made[cell as keyof typeof made];
  const rate = Number(values.dropout ?? 0.3);
  return dropout(make({ inputSize: 88, hiddenSize }), { input: rate / 2, output: rate }) as unknown as Cell<Tree, Tree>;
}

/** The piece from left to right, the highest keys first, two keys a line. */
function picture(piece: PianoRoll): string {
  const keys = piece.flat();
  const [low, high] = [Math.min(...keys), Math.max(...keys)];
  const lines: string[] = [];
  for (let key = high; key >= low; key -= 2) {
    const marks = piece.map((frame) => ' ▄▀█'[2 * Number(frame.includes(key)) + Number(frame.includes(key - 1))]);
    lines.push(marks.join('').trimEnd());
  }
  return lines.join('\n');
}
