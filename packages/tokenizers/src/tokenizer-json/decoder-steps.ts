import { bytesOf } from '../byte-level.ts';
import { REPLACEMENT } from '../tokenizer.ts';
import { utf8Stream } from '../utf8.ts';

/** A streaming decoding step: takes tokens, and returns their output as soon as it is complete. */
export interface Step {
  push(token: string): string[];
  flush(): string[];
}

/** A step of decoding, from tokens to tokens. Those of the last step concatenate to the text. */
export interface StepMaker {
  make(): Step;
  /** Whether its output is a single token, in parts. */
  readonly isFusing?: boolean;
  /** The step for a single token in parts. By default it buffers all of them. */
  makeForParts?(): Step;
}

/** Maps each token, by its index. */
export function each(change: (token: string, index: number) => string): StepMaker {
  return {
    make() {
      let index = 0;
      return { push: (token) => [change(token, index++)], flush: () => [] };
    },
  };
}

const passing = (): Step => ({ push: (token) => [token], flush: () => [] });

/** All tokens as one. */
export const fuse: StepMaker = { make: passing, isFusing: true, makeForParts: passing };

/** Strips up to `count` occurrences of the content from the start of each token. */
export function stripStart(content: string, count: number): StepMaker {
  const strip = (token: string, most: number): readonly [rest: string, stripped: number] => {
    let stripped = 0;
    while (stripped < most && token.startsWith(content, stripped * content.length)) stripped++;
    return [token.slice(stripped * content.length), stripped];
  };
  return {
    ...each((token) => strip(token, count)[0]),
    makeForParts() {
      let left = count;
      const push = (part: string) => {
        const [rest, stripped] = strip(part, left);
        left = rest === '' ? left - stripped : 0;
        return [rest];
      };
      return { push, flush: () => [] };
    },
  };
}

/** Decodes the characters for bytes; a token with any other character is unchanged. */
export const byteLevel: StepMaker = {
  isFusing: true,
  make() {
    const stream = utf8Stream();
    const encoder = new TextEncoder();
    return {
      push: (token) => [stream.push(bytesOf(token) ?? encoder.encode(token))],
      flush: () => [stream.flush()],
    };
  },
};

/** Neighbouring tokens `<0x…>` as the text of their bytes, or a � for each if they are not UTF-8. */
export const byteFallback: StepMaker = {
  make() {
    let bytes: number[] = [];
    const flush = (): string[] => {
      if (bytes.length === 0) return [];
      const text = utf8Text(bytes) ?? REPLACEMENT.repeat(bytes.length);
      bytes = [];
      return [text];
    };
    return {
      push(token) {
        const digits = /^<0x([0-9a-fA-F]{2}|\+[0-9a-fA-F])>$/.exec(token)?.[1];
        if (digits === undefined) return [...flush(), token];
        bytes.push(Number.parseInt(digits, 16));
        return [];
      },
      flush,
    };
  },
};

/** Replaces the end-of-word suffix by a space, at the end of the text by nothing. */
export function endOfWord(suffix: string): StepMaker {
  return {
    make() {
      let last: string | undefined;
      const release = (space: string): string[] => (last === undefined ? [] : [last.replaceAll(suffix, space)]);
      return {
        push(token) {
          const released = release(' ');
          last = token;
          return released;
        },
        flush: () => release(''),
      };
    },
  };
}

/** Steps in sequence. */
export function chained(steps: readonly StepMaker[]): StepMaker {
  return {
    isFusing: steps.some(({ isFusing }) => isFusing),
    make() {
      const made = steps.map((step, i) => {
        const comesInParts = steps.slice(0, i).some(({ isFusing }) => isFusing);
        return comesInParts ? (step.makeForParts?.() ?? waiting(step)) : step.make();
      });
      const through = (tokens: string[], from: number): string[] =>
        made.slice(from).reduce((given, step) => given.flatMap((token) => step.push(token)), tokens);
      return {
        push: (token) => through([token], 0),
        flush: () => made.flatMap((step, i) => through(step.flush(), i + 1)),
      };
    },
  };
}

/** The step for a token that needs all its parts. */
function waiting(step: StepMaker): Step {
  const inner = step.make();
  let whole = '';
  return {
    push(part) {
      whole += part;
      return [];
    },
    flush: () => [...inner.push(whole), ...inner.flush()],
  };
}

function utf8Text(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
