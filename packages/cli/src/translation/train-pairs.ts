import type { BackendName } from '@elman/backend';
import type { Tree } from '@elman/core';
import { type Pair, pairs } from '@elman/data';
import { characterErrorRate, chrF, exactMatch } from '@elman/metrics';
import { modelFiles, type Seq2seqParams, type Translator, translate } from '@elman/models';
import { type BoundaryTokenizer, type Tokenizer, withBoundary } from '@elman/tokenizers';
import { disposeTraining, evaluate, type TrainingState, train } from '@elman/train';
import { expectLearned, withAdvice } from '../divergence.ts';
import { History, lineOf } from '../history.ts';
import { loadState } from '../load-state.ts';
import { learningRate, makeOptimizer } from '../optimizer.ts';
import { countParameters } from '../parameters.ts';
import { jsonFile, openFolder, SETTINGS, writeResult } from '../run-folder.ts';
import { makeTokenizer } from '../tokenizer.ts';
import { bannedUnknown, unknownShare } from '../unknown.ts';
import { loadTranslator } from './load.ts';
import { makeSeq2seq } from './model.ts';
import { readPairs, splitPairs, type TextPair } from './pairs-file.ts';
import type { TranslationReport } from './report.ts';
import { settingsOf, type TranslateArguments } from './settings.ts';

/** What came out of a run, as JSON. */
export type TranslationResult = {
  readonly pairs: number;
  readonly heldOut: number;
  /**
   * On what is held out: mean nats a token, and of translations of up to 500 of them the share that is right; null if
   * nothing is.
   */
  readonly loss: number | null;
  readonly exactMatch: number | null;
  /** Edits that would make translations right, by the characters that are wanted. */
  readonly characterErrorRate: number | null;
  /** 0 to 100: how much of what is wanted is there, by runs of characters (Popović 2015). */
  readonly chrF: number | null;
  /**
   * The shares of the held-out sources and targets that the model's vocabularies lack: `loss` counts an unknown word as
   * the token <unk>.
   */
  readonly unknownShare: { readonly source: number; readonly target: number } | null;
  /** Of training alone, over all the times it was begun. */
  readonly seconds: number;
  readonly date: string;
};

/** Held-out pairs that are translated in the end. */
const TRANSLATED = 500;

type State = TrainingState<Seq2seqParams, readonly never[], Tree>;

/**
 * Trains on the pairs of a file, or resumes that run, and keeps the model in a folder; undefined if it was interrupted,
 * and then the folder has what it takes to go on. What is done is not done again.
 */
export async function trainPairs(
  file: string,
  path: string,
  args: TranslateArguments,
  backend: BackendName,
  { signal, report }: { readonly signal: AbortSignal; readonly report: TranslationReport },
): Promise<Translator | undefined> {
  const given = await readPairs(file);
  const settings = settingsOf(args, given, backend);
  const split = splitPairs(given.pairs, settings.validation, settings.seed);
  const source = await tokenizerOf(settings.tokenizer, split.train, 'source');
  const target = withBoundary(await tokenizerOf(settings.tokenizer, split.train, 'target'));
  const model = await makeSeq2seq(settings, { source: source.vocabSize, target: target.vocabSize });
  const encode = encoder(source, target);
  const batching = { batchSize: settings.batch, boundary: target.boundary };
  const trained = pairs(encode(split.train), { ...batching, seed: `train ${settings.seed}` });
  const heldOut = split.heldOut.length === 0 ? undefined : pairs(encode(split.heldOut), { ...batching, seed: 0 });
  const opened = await openFolder(path, settings, args.overwrite === true);
  if (opened.result !== undefined) return loadTranslator(path, args);
  const { folder, begun } = opened;
  try {
    const optimizer = await makeOptimizer(settings);
    const resume = begun
      ? ((await loadState(folder.storage, { model, optimizer, previous: args.previous })) as State)
      : undefined;
    const parameters = countParameters(model, backend, ['--hidden', '--layers', '--embedding']);
    const step = resume?.progress.step ?? 0;
    const history = begun ? await History.resume(path, step) : History.begin(path);
    report.start({ settings, parameters, pairs: given.pairs.length, heldOut: split.heldOut.length, step });
    const began = performance.now() - 1000 * history.seconds;
    const seconds = (): number => (performance.now() - began) / 1000;
    const rate = learningRate(settings);
    const guessing = Math.log(target.vocabSize);
    const { state } = await train({
      model,
      optimizer,
      batches: trained,
      validation: heldOut,
      updates: settings.updates,
      seed: settings.seed,
      evaluateEvery: heldOut && settings.evaluateEvery,
      saveEvery: settings.evaluateEvery,
      resume,
      signal,
      save: async (saved) => {
        const files = await modelFiles({ model, params: saved.best ?? saved.params, tokenizers: { source, target } });
        await folder.save(saved, { ...files, [SETTINGS]: jsonFile(settings) }, history);
      },
      onUpdate: (event) => {
        history.update(lineOf(event, rate, seconds()));
        report.update(event);
      },
      onEvaluation: (event) => {
        history.evaluation(event.step, event.loss);
        report.evaluation({ ...event, improved: event.improved && event.loss < guessing });
      },
    }).catch((error) => {
      throw withAdvice(error, { ...settings, isSaved: folder.isTaken });
    });
    if (resume !== undefined) disposeTraining(resume);
    const duration = seconds();
    const { progress } = state;
    disposeTraining(state);
    if (signal.aborted) return undefined;
    const course = {
      step: progress.step,
      loss: progress.best?.loss ?? 0,
      guessing,
      firstLoss: progress.firstLoss ?? 0,
    };
    expectLearned('translate', course, { ...settings, isSaved: folder.isTaken });
    const translator = await loadTranslator(path, args);
    const measured = heldOut && {
      loss: (await evaluate(model, translator.params, heldOut, { signal })).loss,
      ...(await scoresOf(translator, split.heldOut.slice(0, TRANSLATED), args, signal)),
      unknownShare: {
        source: unknownShare(
          source,
          split.heldOut.map((pair) => pair.source),
        ),
        target: unknownShare(
          target,
          split.heldOut.map((pair) => pair.target),
        ),
      },
    };
    const made: TranslationResult = {
      pairs: given.pairs.length,
      heldOut: split.heldOut.length,
      loss: measured?.loss ?? null,
      exactMatch: measured?.exactMatch ?? null,
      characterErrorRate: measured?.characterErrorRate ?? null,
      chrF: measured?.chrF ?? null,
      unknownShare: measured?.unknownShare ?? null,
      seconds: duration,
      date: new Date().toISOString().slice(0, 10),
    };
    await writeResult(folder.storage, made);
    report.end(made, path);
    return translator;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    await folder.close();
  }
}

/** A tokenizer made for one side. Characters stand side by side, so that no line end is one of them. */
function tokenizerOf(kind: string, texts: readonly TextPair[], side: keyof TextPair): Promise<Tokenizer> {
  return makeTokenizer(kind, texts.map((pair) => pair[side]).join(kind === 'characters' ? '' : '\n'));
}

function encoder(source: Tokenizer, target: BoundaryTokenizer): (texts: readonly TextPair[]) => Pair[] {
  return (texts) => texts.map((pair) => ({ source: source.encode(pair.source), target: target.encode(pair.target) }));
}

/** How good translations are, against those of the file. */
async function scoresOf(
  translator: Translator,
  texts: readonly TextPair[],
  { allowUnknown }: TranslateArguments,
  signal: AbortSignal,
) {
  const banned = bannedUnknown(translator.target, allowUnknown);
  const sources = texts.map(({ source }) => source);
  const written = (await translate(translator, sources, { banned, signal })).map(({ text }) => text);
  const wanted = texts.map(({ target }) => target);
  return {
    exactMatch: exactMatch(written, wanted),
    characterErrorRate: wanted.some((text) => text !== '') ? characterErrorRate(written, wanted) : null,
    chrF: chrF(written, wanted).score,
  };
}
