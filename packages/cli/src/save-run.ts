import type { Files } from '@elman/checkpoint';
import { modelFiles, type SavedModel, saveModel } from '@elman/models';
import { evaluate } from '@elman/train';
import type { AnyModel, AnyParams } from './load.ts';
import type { Run, RunState } from './run.ts';
import { KEPT_TEXT, toMetadata } from './settings.ts';

/** The file that people sample from has the best parameters so far; the other has what it takes to go on. */
export async function saveRun(run: Run, state: RunState): Promise<void> {
  const model = await modelFiles(savedModel(run, state.best ?? state.params));
  await run.folder.save(state, { ...keptText(run), ...model }, run.history);
}

/** Text from standard input is kept next to the model, since it cannot be read again. */
const keptText = ({ keptText }: Run): Files =>
  keptText === undefined ? {} : { [KEPT_TEXT]: new TextEncoder().encode(keptText) };

const savedModel = ({ model, tokenizer, settings }: Run, params: AnyParams): SavedModel<AnyModel> => ({
  model,
  params,
  tokenizer,
  metadata: toMetadata(settings),
});

/**
 * The lowest loss on held-out text. A run that ends by the clock ends between two evaluations: its last parameters are
 * measured here, and saved if they are better than the best so far.
 */
export async function settleBest(
  run: Run,
  { params, progress }: RunState,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { best, evaluations, step } = progress;
  if (run.batches.heldOut === undefined || evaluations.at(-1)?.step === step) return best?.loss;
  try {
    const { loss } = await evaluate(run.model, params, run.batches.heldOut, { signal });
    run.history.evaluation(step, loss);
    await run.history.write();
    if (best !== null && best.loss <= loss) return best.loss;
    await saveModel(run.folder.storage, savedModel(run, params));
    return loss;
  } catch (error) {
    if (signal.aborted) return best?.loss;
    throw error;
  }
}
