import { refuse } from '../refuse.ts';

/** Why a file cannot be written, and what to change. */
const WRITING: { readonly [code: string]: string } = {
  ENOSPC: 'the disk is full. Free some space or save to another folder',
  EDQUOT: 'the disk quota is used up. Free some space or save to another folder',
  EFBIG: 'the file is larger than is allowed here. Raise the limit (ulimit -f) or save to another folder',
  EROFS: 'the file system is read-only. Save to another folder',
  EACCES: 'no permission to write here. Save to another folder or change its permissions',
  EPERM: 'no permission to write here. Save to another folder or change its permissions',
  ENOTDIR: 'a file stands where a folder is needed. Save to another folder',
  EEXIST: 'a file stands where a folder is needed. Save to another folder',
  EISDIR: 'a folder has this name. Remove it or save to another folder',
  ENOENT: 'the folder cannot be made here. Save to another folder',
  ENAMETOOLONG: 'the name is too long. Use a shorter one',
};

const READING: { readonly [code: string]: string } = {
  ENOENT: 'not found. Check the path',
  ENOTDIR: 'not found: a part of the path is a file. Check the path',
  EISDIR: 'a folder, not a file. Check the path',
  EACCES: 'no permission to read. Change its permissions',
  EPERM: 'no permission to read. Change its permissions',
};

export function refuseWriting(path: string, error: NodeJS.ErrnoException): never {
  const why = WRITING[error.code ?? ''] ?? error.message;
  refuse(path, `not written: ${why}.`, { cause: error });
}

export function refuseReading(path: string, error: NodeJS.ErrnoException): never {
  const why = READING[error.code ?? ''] ?? error.message;
  refuse(path, `${why}.`, { cause: error });
}
