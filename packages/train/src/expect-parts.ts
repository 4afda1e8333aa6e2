import { expectAwaited, expectMethods, OptionError } from '@elman/core';

/** Parts of a run, not checked: from JavaScript, they may be of any type. */
type Given = { readonly [name: string]: unknown };

/**
 * Throws unless the parts of a run have the types that their names say.
 * @throws {OptionError}
 */
export function expectParts(where: string, parts: Given): void {
  if ('model' in parts) {
    expectModel(`${where}: model`, parts.model, where === 'loadTraining' ? [] : ['batchSize', 'loss']);
  }
  if ('optimizer' in parts) {
    expectMethods(`${where}: optimizer`, parts.optimizer, ['init', 'update'], 'an optimizer, such as adam()');
  }
  for (const name of ['batches', 'validation']) {
    if (!(name in parts) || (name === 'validation' && parts[name] === undefined)) continue;
    const source = 'a source of batches, such as padded(examples, { batchSize: 32 })';
    expectMethods(`${where}: ${name}`, parts[name], ['batch'], source);
    const { batchesPerEpoch } = parts[name] as Given;
    if (typeof batchesPerEpoch !== 'number' || !(batchesPerEpoch >= (where === 'train' ? 1 : 0))) {
      throw new OptionError(
        `${where}: ${name}: expected a number of batches an epoch (batchesPerEpoch), got ${batchesPerEpoch}.`,
      );
    }
  }
  for (const name of ['params', 'resume']) expectAwaited(`${where}: ${name}`, parts[name]);
}

/** Throws unless it is a model, with these methods, too. @throws {OptionError} */
export function expectModel(where: string, model: unknown, names: readonly string[]): void {
  const wanted = 'a model that can be trained, such as languageModel(cell, tokenizer)';
  expectMethods(where, model, ['init', 'initialState', ...names], wanted);
}
