import { type Factory, type Json, OptionError, type OptionType } from '@elman/core';
import { didYouMean, expectedOneOf } from '../near.ts';
import type { Options } from './typed.ts';

/**
 * The options of a factory, each as its type has it: a single number as a list of one, where a list is wanted.
 * @throws {OptionError} naming an option that it does not have, with those most like it, or a value of another type.
 */
export function expectOptions(where: string, declared: Factory['options'] = {}, options: Options): Options {
  const known = Object.keys(declared);
  return Object.fromEntries(
    Object.entries(options).map(([option, value]) => {
      const type = Object.hasOwn(declared, option) ? declared[option] : undefined;
      if (type !== undefined) return [option, fitting(`${where}: ${option}`, type, value)];
      const near = didYouMean(option, known) || `; it has ${known.join(', ') || 'none'}.`;
      throw new OptionError(`${where} has no option ${option}${near}`);
    }),
  );
}

function fitting(where: string, type: OptionType, value: Json): Json {
  if (typeof type !== 'string') {
    if (type.includes(value as string)) return value;
    throw new OptionError(`${where}: ${expectedOneOf(type, told(value))}`);
  }
  const of = type.replace(/s$/, '');
  const isOne = (one: Json): boolean => (of === 'text' ? typeof one === 'string' : typeof one === of);
  if (of === type && isOne(value)) return value;
  if (of !== type && Array.isArray(value) && value.every(isOne)) return value;
  if (of !== type && isOne(value)) return [value];
  if (type === 'text' && typeof value === 'number') return `${value}`;
  throw new OptionError(`${where}: expected ${describeType(type)}, got "${told(value)}".`);
}

/** A type in words. */
export function describeType(type: OptionType): string {
  if (typeof type !== 'string') return [type.slice(0, -1).join(', '), type.at(-1)].filter(Boolean).join(' or ');
  return { number: 'a number', numbers: 'numbers', boolean: 'true or false', text: 'a text', texts: 'texts' }[type];
}

const told = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : `${value}`);
