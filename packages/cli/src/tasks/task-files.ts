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

type Images = { readonly images: IdxArray; readonly labels: IdxArray };

/**
 * Reads the IDX files that the options `images` and `labels` of the task `pixelImages` name, and `testImages` and
 * `testLabels` if they are given, packed by gzip or not.
 * @throws {OptionError} if one of two is not given; {DataError} if a file cannot be read or is no such file.
 */
async function readImageFiles(options: Options): Promise<Images & { test?: Images; [option: string]: unknown }> {
  const { images, labels, testImages, testLabels } = options;
  const given = await imagesAndLabels({ images, labels }, 'train');
  const isTested = testImages !== undefined || testLabels !== undefined;
  const test = isTested ? await imagesAndLabels({ testImages, testLabels }, 't10k') : undefined;
  return { ...given, ...(test && { test, testImages: undefined, testLabels: undefined }) };
}

async function imagesAndLabels(files: { readonly [option: string]: unknown }, prefix: string): Promise<Images> {
  const [images, labels] = Object.values(files);
  if (typeof images === 'string' && typeof labels === 'string') {
    return { images: await idxFile(images), labels: await idxFile(labels) };
  }
  const [first, second] = Object.keys(files);
  throw new OptionError(
    `task: pixelImages: expected two IDX files: --with ${first}=${prefix}-images-idx3-ubyte --with ${second}=${prefix}-labels-idx1-ubyte`,
  );
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
