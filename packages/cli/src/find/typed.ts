import { type Json, OptionError } from '@elman/core';

/** Options by their names. */
export type Options = { readonly [option: string]: Json };

/** What is typed for a cell, a memory and so on. */
export interface Typed {
  readonly name: string;
  /** Of a package or a file that has several, the one that is wanted. */
  readonly wanted?: string | undefined;
  readonly options: Options;
}

/**
 * Reads `name:option=value,option=value`. A value is a number, true, false or a text; values behind commas belong to the option before
 * them, `clockwork:periods=1,2,4,8`. Options may have colons between them, too.
 *
 * @throws {OptionError} for what is no option with a value.
 */
export function readTyped(kind: string, text: string): Typed {
  const drive = /^[A-Za-z]:[\\/]/.exec(text)?.[0] ?? '';
  const [rest = '', ...parts] = text.slice(drive.length).split(':');
  const name = drive + rest;
  const wanted = parts[0] === undefined || parts[0].includes('=') ? undefined : parts.shift();
  const options = parts.flatMap((part) => readOptions(`${kind}: ${name}`, part));
  return { name, wanted, options: Object.fromEntries(options) };
}

function readOptions(where: string, text: string): [option: string, value: Json][] {
  const given: [option: string, values: string[]][] = [];
  for (const item of text.split(',')) {
    const at = item.indexOf('=');
    if (at > 0) given.push([item.slice(0, at), [item.slice(at + 1)]]);
    else if (at < 0 && given.length > 0) given.at(-1)?.[1].push(item);
    else throw new OptionError(`${where}: expected option=value, got "${item}".`);
  }
  return given.map(([option, values]) => [option, readValue(values)]);
}

function readValue(values: readonly string[]): Json {
  const text = values.join(',');
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text) as Json;
    } catch {}
  }
  return values.length === 1 ? plainValue(text) : values.map(plainValue);
}

function plainValue(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The cell and the memory of `lstm+ntmMemory`. A plus within a number is none between names. */
export function readCell(text: string): readonly [cell: string, memory: string | undefined] {
  const at = text.search(/\+(?!\d)/);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The combinator and the cell of `zoneout:rate=0.1,of=lstm:chrono=50`: what comes after `of=` is a whole cell. */
export function readAround(text: string): readonly [outer: string, of: string | undefined] {
  const at = text.search(/[:,]of=/);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + ':of='.length)];
}

/** Splits `lstm,clockwork:periods=1,2,gru` at the commas that are not within the options of one. */
export function readNames(text: string): string[] {
  const names: string[] = [];
  for (const item of text.split(',').map((item) => item.trim())) {
    const last = names.at(-1);
    const isValue = item !== '' && Number.isFinite(Number(item));
    const belongs = last?.includes('=') && (isValue || /^\w+=/.test(item));
    if (belongs) names[names.length - 1] = `${last},${item}`;
    else if (item !== '') names.push(item);
  }
  return names;
}
