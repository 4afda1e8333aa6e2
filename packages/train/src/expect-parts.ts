import { OptionError } from '@elman/core';

/** What a person may have given, from JavaScript say: nothing is known of it. */
type Given = { readonly [name: string]: unknown };

/**
 * Throws unless the parts of a run are what they are called: a cell in place of a model, an optimizer's factory in its place, a promise that
 * nobody waited for, are told from one another before anything is computed.
 * @throws {OptionError}
 */
export function expectParts(where: string, parts: Given): void {
  if ('model' in parts) {
    const model = 'expected a model that can be trained, such as languageModel(cell, tokenizer)';
    const loaded = ['init', 'initialState'];
    const names = where === 'loadTraining' ? loaded : [...loaded, 'batchSize', 'loss'];
    expectMethods(`${where}: model: ${model}`, parts.model, names);
  }
  if ('optimizer' in parts) {
    const optimizer = 'expected an optimizer, such as adam({ learningRate: 0.001 })';
    expectMethods(`${where}: optimizer: ${optimizer}`, parts.optimizer, ['init', 'update']);
  }
  for (const name of ['batches', 'validation']) {
    if (!(name in parts) || (name === 'validation' && parts[name] === undefined)) continue;
    const source = 'expected a source of batches, such as padded(examples, { batchSize: 32 })';
    expectMethods(`${where}: ${name}: ${source}`, parts[name], ['batch']);
    const { batchesPerEpoch } = parts[name] as Given;
    if (typeof batchesPerEpoch !== 'number' || !(batchesPerEpoch >= (where === 'train' ? 1 : 0))) {
      throw new OptionError(
        `${where}: ${name}: expected a number of batches an epoch (batchesPerEpoch), got ${batchesPerEpoch}.`,
      );
    }
  }
  for (const name of ['params', 'resume']) {
    if (!isPromise(parts[name])) continue;
    throw new OptionError(`${where}: ${name}: got a promise; wait for it with await.`);
  }
}

function expectMethods(wanted: string, given: unknown, names: readonly string[]): void {
  const has = (name: string): boolean => typeof (given as Given)[name] === 'function';
  if (typeof given === 'object' && given !== null && names.every(has)) return;
  throw new OptionError(`${wanted}, got ${said(given)}.`);
}

function said(given: unknown): string {
  if (typeof given === 'function') return `the function ${given.name || 'itself'}: call it`;
  if (isPromise(given)) return 'a promise: wait for it with await';
  if (typeof given !== 'object' || given === null) return `${given}`;
  if (Array.isArray(given)) return 'a list';
  const { name } = given as Given;
  const kind = 'step' in given ? 'the cell' : 'run' in given ? 'the layer' : 'attend' in given ? 'the attention' : '';
  if (typeof name === 'string') return `${kind || 'an object named'} ${name}`;
  return `an object with ${Object.keys(given).slice(0, 5).join(', ') || 'nothing in it'}`;
}

const isPromise = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && typeof (given as Given).then === 'function';
