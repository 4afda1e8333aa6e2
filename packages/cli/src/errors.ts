import { ElmanError, oneLine } from '@elman/core';

/** Why the system refused, in plain words. */
const SYSTEM_ERRORS: { readonly [code: string]: string } = {
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of that name is in the way',
  ENOENT: 'no such file or folder',
  EISDIR: 'it is a folder, not a file',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than is allowed here',
  EIO: 'an input or output error',
};

/** In plain words why the system refused; undefined if the error is not the system's. */
export function systemReason(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? (SYSTEM_ERRORS[code] ?? (/^E[A-Z]+$/.test(code) ? code : undefined)) : undefined;
}

/** How engines say that an array or the memory of WebAssembly cannot be had. */
const TOO_LARGE =
  /offset is out of bounds|invalid (typed )?array (buffer )?length|array buffer allocation failed|out of memory|memory access out of bounds|WebAssembly\.Memory|expected room for/i;

/** Whether there was no memory for what was to be computed. */
function isTooLarge(error: unknown): boolean {
  const isOfEngine = error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError');
  return isOfEngine && TOO_LARGE.test(error.message);
}

/**
 * The message of an error: one line of at most 400 characters, `elman: …`. Unexpected errors get a hint in addition; the
 * stack comes with `DEBUG=elman` only.
 */
export function describeError(error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return `${oneLine(`elman: ${told(error, debug)}`)}${stack}`;
}

function told(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const first = message.split('\n', 1)[0] as string;
  if (ElmanError.isInstance(error)) return first;
  const { path } = (error ?? {}) as { path?: string };
  const reason = systemReason(error);
  if (reason !== undefined) return path === undefined ? first : `${path}: ${reason}.`;
  if (isTooLarge(error)) {
    // Engines reserve gigabytes of addresses for a memory of WebAssembly, however small the net.
    const limit = first.includes('WebAssembly.Memory') ? ', or raise the limit of address space (ulimit -v)' : '';
    return `there is not enough memory for this net and its batches (${first}); make one of them smaller${limit}.`;
  }
  return `${first}${debug ? '' : ' (not foreseen; DEBUG=elman shows where it happened)'}`;
}
