import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError, OptionError, type Task } from '@elman/core';
import { type IdxArray, pixelImages, readIdx } from '@elman/tasks';
import { systemReason } from '../errors.ts';
import type { TaskOptions } from './find-task.ts';

/**
 * The task `pixelImages` over IDX files, packed by gzip or not: options `images` and `labels` are their names, others go to the task.
 * @throws {OptionError} if one of the two is not given; {DataError} if a file cannot be read or is no such file.
 */
export async function imageFileTask({ images, labels, ...options }: TaskOptions): Promise<Task> {
  if (typeof images !== 'string' || typeof labels !== 'string') {
    throw new OptionError(
      'task: pixelImages: expected two IDX files: --with images=train-images-idx3-ubyte --with labels=train-labels-idx1-ubyte',
    );
  }
  return pixelImages({ ...options, images: await idxFile(images), labels: await idxFile(labels) });
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
