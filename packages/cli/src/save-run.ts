import { saveModel } from '@elman/models';
import { evaluate, saveTraining } from '@elman/train';
import type { AnyParams } from './load.ts';
import type { Run, RunState } from './run.ts';
import { KEPT_TEXT, toMetadata } from './settings.ts';

/** The file that people sample from has the best parameters so far; the other has what it takes to go on. */
export async function saveRun(run: Run, state: RunState): Promise<void> {
  await run.folder.save(async () => {
    await run.history.write();
    await keepText(run);
    await saveTraining(run.storage, state);
    await saveParams(run, state.best ?? state.params);
  });
}

/** Text from standard input is kept next to the model, since it cannot be read again. */
async function keepText({ storage, keptText }: Run): Promise<void> {
  if (keptText === undefined || (await storage.exists(KEPT_TEXT))) return;
  await storage.write(KEPT_TEXT, new TextEncoder().encode(keptText));
}

async function saveParams({ storage, model, tokenizer, settings }: Run, params: AnyParams): Promise<void> {
  await saveModel(storage, { model, params, tokenizer, metadata: toMetadata(settings) });
}

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
    await saveParams(run, params);
    return loss;
  } catch (error) {
    if (signal.aborted) return best?.loss;
    throw error;
  }
}
