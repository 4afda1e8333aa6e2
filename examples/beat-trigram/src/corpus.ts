import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A text and its hash. Without a file: one of more than two megabytes that is on every machine where this
 * workspace is installed, the declarations of the DOM with their documentation, as the TypeScript of the lockfile has them.
 */
export function corpus(file?: string): { text: string; sha256: string } {
  const path = file ?? fileURLToPath(import.meta.resolve('typescript/lib/lib.dom.d.ts'));
  const text = readFileSync(path, 'utf8');
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
