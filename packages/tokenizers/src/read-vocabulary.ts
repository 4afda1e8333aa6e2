import { DataError, type Json, loading } from '@elman/core';

/** Levels of lists and objects in the JSON of a tokenizer; those of Hugging Face have about ten. */
const DEEPEST = 100;

/**
 * Reads the JSON of a tokenizer, which may come from a file: whatever is wrong with it is a DataError.
 * @throws {DataError} for JSON that is nested too deep, what `read` throws, and in the place of exceptions of the engine.
 */
export function readVocabulary<T>(where: string, json: Json, read: () => T): T {
  if (isDeeper(json, DEEPEST)) {
    throw new DataError(
      `${where}: expected at most ${DEEPEST} levels of lists and objects, got more; the file is damaged.`,
    );
  }
  const what = { where, wanted: 'the JSON of a tokenizer', advice: 'the file is damaged', Type: DataError };
  return loading(what, read);
}

function isDeeper(value: Json | undefined, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((item) => isDeeper(item, most - 1));
}
