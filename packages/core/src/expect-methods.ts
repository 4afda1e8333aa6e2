import { OptionError } from './errors.ts';

type Given = { readonly [name: string]: unknown };

/**
 * Throws unless a value has these functions, so that a cell in place of a model, an uncalled factory or a promise that was not
 * awaited is recognised before anything is computed.
 *
 *   expectMethods('train: model', cell, ['init', 'loss'], 'a model, such as languageModel(cell, tokenizer)');
 *   // train: model: expected a model, such as languageModel(cell, tokenizer), got the cell gru.
 *
 * @throws {OptionError}
 */
export function expectMethods(where: string, given: unknown, names: readonly string[], wanted: string): void {
  const has = (name: string): boolean => typeof (given as Given)[name] === 'function';
  if (typeof given === 'object' && given !== null && names.every(has)) return;
  throw new OptionError(`${where}: expected ${wanted}, got ${nameOf(given)}.`);
}

/** Throws if a promise was given. @throws {OptionError} */
export function expectAwaited(where: string, given: unknown): void {
  if (isPromise(given)) throw new OptionError(`${where}: got a promise: wait for it with await.`);
}

function nameOf(given: unknown): string {
  if (typeof given === 'function') {
    const kind = `${given}`.startsWith('class') ? 'class' : 'function';
    return `the ${kind} ${given.name || 'itself'}${kind === 'class' ? '' : ': call it'}`;
  }
  if (isPromise(given)) return 'a promise: wait for it with await';
  if (typeof given !== 'object' || given === null) return `${given}`;
  if (Array.isArray(given)) return 'a list';
  const has = (name: string): boolean => typeof (given as Given)[name] === 'function';
  const kinds = {
    loss: 'the model',
    step: 'the cell',
    run: 'the layer',
    attend: 'the attention',
    access: 'the memory',
  };
  const kind = Object.entries(kinds).find(([method]) => has(method))?.[1];
  const { name } = given as Given;
  if (typeof name === 'string') return `${kind ?? 'an object with the name'} ${name}`;
  return `${kind ?? 'an object'} with ${Object.keys(given).slice(0, 5).join(', ') || 'nothing in it'}`;
}

const isPromise = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && typeof (given as Given).then === 'function';
