import { DataError } from '@elman/core/errors';

/** The reference of one hypothesis: a text, or several alternatives. */
export type References = string | readonly string[];

/** Throws unless there are equally many hypotheses and references, at least one. */
export function expectPairs(where: string, hypotheses: unknown, references: unknown): void {
  const found = [hypotheses, references].map((list) => (Array.isArray(list) ? list.length : undefined));
  const [count, wanted] = found;
  if (count === undefined || wanted === undefined) {
    const which = count === undefined ? 'hypotheses' : 'references';
    throw new DataError(
      `${where}: ${which}: expected an array, one entry a row, got ${typeof (count === undefined ? hypotheses : references)}.`,
    );
  }
  if (count === 0) throw new DataError(`${where}: hypotheses: expected one or more, got none.`);
  if (count !== wanted) {
    throw new DataError(`${where}: references: expected ${count}, one entry for each hypothesis, got ${wanted}.`);
  }
}

/** The references of each row as lists. */
export function listReferences(where: string, references: readonly References[]): (readonly string[])[] {
  return references.map((given, row) => {
    const list = typeof given === 'string' ? [given] : given;
    if (list.length > 0) return list;
    throw new DataError(`${where}: references: expected one or more for row ${row}, got none.`);
  });
}

/** The number of references per row, as sacrebleu writes it: `var` where it varies. */
export function countReferences(references: readonly (readonly string[])[]): string {
  const counts = new Set(references.map((list) => list.length));
  return counts.size === 1 ? `${[...counts][0]}` : 'var';
}

/** The release of sacrebleu that is reproduced. */
const SACREBLEU = '2.6.0';

/** A signature as sacrebleu writes it. */
export function signatureOf(parts: Readonly<Record<string, string | number>>): string {
  return Object.entries({ ...parts, version: SACREBLEU })
    .map(([key, value]) => `${key}:${value}`)
    .join('|');
}
