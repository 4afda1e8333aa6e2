import { OptionError } from '@elman/core';
import type { Axis, Mark } from './types.ts';

/** Throws with one line. */
export function refuse(where: string, message: string): never {
  throw new OptionError(`${where}: ${message}`);
}

/** @throws {OptionError} if the list is empty. */
export function expectSome(where: string, list: readonly unknown[]): void {
  if (!Array.isArray(list)) refuse(where, `expected a list, got ${typeof list}.`);
  if (list.length === 0) refuse(where, 'expected one or more, got none.');
}

/** @throws {OptionError} unless all are strings; `{ 'x: label': 3 }`. */
export function expectTexts(where: string, texts: { readonly [name: string]: unknown }): void {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== 'string') refuse(where, `${name}: expected a text, got ${typeof text}.`);
  }
}

/** @throws {OptionError} unless each name is a unique string. */
export function expectNames(where: string, items: readonly { readonly name: string }[]): void {
  expectSome(where, items);
  const seen = new Set<string>();
  for (const { name } of items) {
    expectTexts(where, { name });
    if (seen.has(name)) refuse(where, `expected names that differ, got ${JSON.stringify(name)} twice.`);
    seen.add(name);
  }
}

/** @throws {OptionError} unless the axis can be drawn. */
export function expectAxis(where: string, { label, from, to, ticks = [], log = false, format }: Axis): void {
  expectTexts(where, { label });
  for (const [name, value] of Object.entries({ from, to })) {
    if (value !== undefined) expectOnAxis(`${where}: ${name}`, value, log);
  }
  for (const tick of ticks) expectOnAxis(`${where}: ticks`, tick, log);
  if (from !== undefined && to !== undefined && !(from < to)) {
    refuse(where, `expected from below to, got ${from} and ${to}.`);
  }
  if (format !== undefined && format !== 'number' && format !== 'percent') {
    refuse(where, `format: expected number or percent, got ${format}.`);
  }
}

/** @throws {OptionError} unless a number is on the axis. */
export function expectOnAxis(where: string, value: number, log = false): void {
  if (!Number.isFinite(value)) refuse(where, `expected a finite number, got ${value}.`);
  if (log && value <= 0) refuse(where, `expected numbers above 0 on a log axis, got ${value}; leave out log.`);
}

/** @throws {OptionError} unless the marks are on the axis. */
export function expectMarks(where: string, marks: readonly Mark[], log = false): void {
  for (const { label, value } of marks) {
    expectTexts(`${where}: marks`, { label });
    expectOnAxis(`${where}: marks: ${label}`, value, log);
  }
}

/** The number, or a gap where it is not finite. */
export function finiteOrGap(where: string, value: unknown): number | null {
  if (value !== null && value !== undefined && typeof value !== 'number') {
    refuse(where, `expected numbers, got ${typeof value}.`);
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
