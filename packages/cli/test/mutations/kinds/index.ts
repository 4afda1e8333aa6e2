import type { Kind } from '../check.ts';
import { data } from './data.ts';
import { models } from './models.ts';
import { runs } from './runs.ts';
import { tokenizers } from './tokenizers.ts';

/** Every kind of file that Elman reads. A backend must be ready. */
export const kinds: readonly Kind[] = [...tokenizers, ...models, ...runs, ...data];
