import type { StreamingDecoder } from '../tokenizer.ts';
import {
  byteFallback,
  byteLevel,
  chained,
  each,
  endOfWord,
  fuse,
  type Step,
  type StepMaker,
  stripStart,
} from './decoder-steps.ts';
import { replace } from './normalizer.ts';
import { readPattern } from './pattern.ts';
import { readPrependScheme } from './pre-tokenizer.ts';
import { makeByType, type Section } from './section.ts';

const makers: { readonly [type: string]: (section: Section) => StepMaker } = {
  ByteLevel(section) {
    for (const option of ['add_prefix_space', 'trim_offsets', 'use_regex']) section.boolean(option, true);
    return byteLevel;
  },
  ByteFallback: () => byteFallback,
  Fuse: () => fuse,
  Metaspace(section) {
    const replacement = section.character('replacement');
    const isPrepended = readPrependScheme(section) !== 'never';
    section.boolean('split', true);
    section.any('str_rep');
    return each((token, i) => token.replaceAll(replacement, i === 0 && isPrepended ? '' : ' '));
  },
  Replace(section) {
    const pattern = readPattern(section);
    const content = section.string('content');
    return each((token) => replace(token, pattern, content));
  },
  Strip(section) {
    const start = section.any('start') as number;
    if (!Number.isInteger(start) || start < 0) section.damaged('start', 'a count');
    if (section.any('stop') !== 0) section.unsupported(`stop ${section.any('stop')}`);
    return stripStart(section.character('content'), start);
  },
  BPEDecoder: (section) => endOfWord(section.string('suffix', '</w>') || section.damaged('suffix', 'a text')),
  Sequence: (section) =>
    chained(section.list('decoders').map((json, i) => makeByType(`${section.where}.decoders[${i}]`, json, makers))),
};

/** The `decoder` of a tokenizer.json. Without one, tokens are joined by spaces. */
export function readDecoder(where: string, json: unknown, tokenOf: (id: number) => string): () => StreamingDecoder {
  const spaced = each((token, i) => (i === 0 ? token : ` ${token}`));
  const steps = json == null ? spaced : makeByType(where, json, makers);
  return () => {
    let step: Step | undefined;
    return {
      push(id) {
        step ??= steps.make();
        return step.push(tokenOf(id)).join('');
      },
      flush() {
        const rest = step?.flush().join('') ?? '';
        step = undefined;
        return rest;
      },
    };
  };
}
