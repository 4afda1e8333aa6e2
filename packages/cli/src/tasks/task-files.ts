import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError, OptionError } from '@elman/core';
import { readText } from '@elman/data/node';
import { type IdxArray, readIdx } from '@elman/tasks';
import { systemReason } from '../errors.ts';
import type { Options } from '../find/typed.ts';

/** What each task that is about a person's own files is given for the files that its options name. */
export const TASK_FILES: { readonly [task: string]: (options: Options) => Promise<{ [option: string]: unknown }> } = {
  characterPrediction: readTextFiles,
  pixelImages: readImageFiles,
};

/**
 * Reads the files that the options `text`, `validation` and `test` of the task `characterPrediction` name.
 * @throws {OptionError} if there is no text; {DataError} if a file cannot be read or is not text.
 */
async function readTextFiles(options: Options): Promise<{ [option: string]: string }> {
  if (options.text === undefined) {
    throw new OptionError('task: characterPrediction: expected a text file: characterPrediction:text=book.txt');
  }
  const read = Object.entries(options).map(async ([part, path]) => [part, await readText(path as string)] as const);
  return Object.fromEntries(await Promise.all(read));
}

/**
 * Reads the IDX files that the options `images` and `labels` of the task `pixelImages` name, packed by gzip or not.
 * @throws {OptionError} if one of the two is not given; {DataError} if a file cannot be read or is no such file.
 */
async function readImageFiles({ images, labels }: Options): Promise<{ images: IdxArray; labels: IdxArray }> {
  if (typeof images !== 'string' || typeof labels !== 'string') {
    throw new OptionError(
      'task: pixelImages: expected two IDX files: --with images=train-images-idx3-ubyte --with labels=train-labels-idx1-ubyte',
    );
  }
  return { images: await idxFile(images), labels: await idxFile(labels) };
}

async function idxFile(path: string): Promise<IdxArray> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await promisify(gunzip)(bytes);
  } catch (error) {
    throw new DataError(`${path}: cannot be read (${systemReason(error) ?? (error as Error).message}).`, {
      cause: error,
    });
  }
  return readIdx(bytes, path);
}
