import { DataError } from '@elman/core';

/** The longest string of V8, in bytes. */
const LARGEST = 2 ** 29 - 24;
/** Why what is larger cannot be read. */
export const TOO_LARGE = 'it is too large to read at once; split it into parts below 512 MB';

/**
 * The text of bytes: UTF-8, or UTF-16 if it begins with a byte order mark of that, which is dropped.
 *
 * @param name what the bytes are, for messages; `path` the file that they are in, if they are.
 * @throws {DataError} in one line that says what to do, for bytes that are none, too many or not text (NUL or an invalid encoding).
 */
export function decodeText(name: string, bytes: Uint8Array, path?: string): string {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new DataError(`data: ${name}: ${reason}.`, { cause });
  };
  if (bytes.length === 0) refuse(`the ${path === undefined ? 'input' : 'file'} is empty; give one with text`);
  if (bytes.length > LARGEST) refuse(TOO_LARGE);
  const encoding = encodingOf(bytes);
  if (encoding.startsWith('utf-32')) refuse(`this is UTF-32; convert it: ${conversion('UTF-32', path)}`);
  if (encoding === 'utf-8' && bytes.includes(0)) {
    const guess = unmarkedUtf16(bytes);
    if (guess !== undefined) refuse(`this looks like UTF-16; convert it: ${conversion(guess, path)}`);
    refuse(`this is not text (a NUL byte at ${bytes.indexOf(0)}); give a text in UTF-8`);
  }
  let text = '';
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (encoding !== 'utf-8') refuse('this begins as UTF-16 does and is not that; give a text in UTF-8', error);
    refuse(`this is not UTF-8 text; convert it first, from Latin-1 for instance: ${conversion('LATIN1', path)}`, error);
  }
  if (text.includes('\0')) refuse(`this is not text (a NUL at ${text.indexOf('\0')}); give a text in UTF-8`);
  return text;
}

/** By the byte order mark. */
function encodingOf([a, b, c, d]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32' {
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32' : 'utf-8';
}

/** UTF-16 without a mark, where most letters are of ASCII: nearly every other byte is 0. */
function unmarkedUtf16(bytes: Uint8Array): 'UTF-16LE' | 'UTF-16BE' | undefined {
  const start = bytes.subarray(0, 64);
  const zeros = (parity: number): number => start.filter((byte, i) => i % 2 === parity && byte === 0).length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (start.length < 4 || Math.max(even, odd) < 0.4 * start.length || Math.min(even, odd) > 0) return undefined;
  return odd > even ? 'UTF-16LE' : 'UTF-16BE';
}

function conversion(encoding: string, path: string | undefined): string {
  const command = `iconv -f ${encoding} -t UTF-8`;
  if (path === undefined) return command;
  const quoted = (name: string): string =>
    /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  return `${command} ${quoted(path)} > ${quoted(`${path}.utf8`)}`;
}
