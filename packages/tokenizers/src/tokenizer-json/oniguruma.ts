import { classOf, coded, complementOf, property, SPACE, WORD } from './unicode.ts';

/**
 * A pattern in Oniguruma's syntax (Ruby), in which a tokenizer.json writes patterns, as a regular expression of
 * JavaScript for the flag v. Syntax that is unknown or that the two would match differently is refused by name.
 */
export function toJavaScript(pattern: string, refuse: (feature: string) => never): string {
  return new Translator(pattern, refuse).all();
}

const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  a: '\x07',
  e: '\x1b',
};

const CLASSES: { readonly [letter: string]: string } = { s: SPACE, w: WORD, d: property('Nd') as string };

/** Anchors. In Ruby `^` and `$` match at lines, and no line starts at the end of the text. */
const ANCHORS: { readonly [written: string]: string } = {
  '^': '(?:^|(?<=\\n)(?!$))',
  $: '(?:(?=\\n)|$)',
  '\\A': '^',
  '\\z': '$',
  '\\Z': '(?=\\n?$)',
  '\\b': `(?:(?<=${classOf(WORD)})(?!${classOf(WORD)})|(?<!${classOf(WORD)})(?=${classOf(WORD)}))`,
  '\\B': `(?:(?<=${classOf(WORD)})(?=${classOf(WORD)})|(?<!${classOf(WORD)})(?!${classOf(WORD)}))`,
};

/** Letters that Unicode folds together with an ASCII letter. */
const ALSO: { readonly [letter: string]: string } = { k: '\u212a', s: '\u017f' };

/** Pairs of letters that Unicode folds together with one character (ß, the ligatures). */
const FOLDED_PAIRS: ReadonlySet<string> = new Set(['ss', 'ff', 'fi', 'fl', 'st']);

type Mode = { readonly ignoreCase: boolean; readonly isBehind: boolean };

class Translator {
  readonly #characters: readonly string[];
  readonly #refuse: (feature: string) => never;
  #at = 0;
  #atomicGroups = 0;

  constructor(pattern: string, refuse: (feature: string) => never) {
    this.#characters = Array.from(pattern);
    this.#refuse = refuse;
  }

  all(): string {
    const translated = this.#alternatives({ ignoreCase: false, isBehind: false });
    if (this.#at < this.#characters.length) this.#refuse('a closing bracket without an opening one');
    return translated;
  }

  #alternatives(mode: Mode): string {
    let translated = this.#sequence(mode);
    while (this.#skip('|')) translated += `|${this.#sequence(mode)}`;
    return translated;
  }

  #sequence(mode: Mode): string {
    let translated = '';
    let previous = '';
    for (let next = this.#next(); next !== undefined && next !== '|' && next !== ')'; next = this.#next()) {
      if (mode.ignoreCase && FOLDED_PAIRS.has((previous + next).toLowerCase())) {
        this.#refuse(`${previous}${next} in whatever case`);
      }
      previous = next;
      translated += this.#quantified(mode);
    }
    return translated;
  }

  #quantified(mode: Mode): string {
    const atom = this.#atom(mode);
    const start = this.#at;
    const quantifier = this.#quantifier();
    if (quantifier === '') return atom;
    if (mode.ignoreCase) this.#refuse(`${quantifier} where case is ignored`);
    if (/^\(\?<?[=!]/.test(atom) || Object.values(ANCHORS).includes(atom))
      this.#refuse(`${quantifier} after an assertion`);
    const isBounded = this.#characters[start] === '{';
    const isLazy = this.#next() === '?';
    const isPossessive = this.#next() === '+';
    if (isLazy || isPossessive) this.#at++;
    if (isBounded && (isPossessive || (isLazy && !quantifier.includes(',')))) {
      this.#refuse(`${quantifier}${isLazy ? '?' : '+'}`);
    }
    if (this.#quantifier() !== '') this.#refuse('a quantifier after another');
    if (isPossessive) return this.#atomic(`${atom}${quantifier}`, mode);
    return `${atom}${quantifier}${isLazy ? '?' : ''}`;
  }

  #quantifier(): string {
    const next = this.#next();
    if (next === '*' || next === '+' || next === '?') return this.#characters[this.#at++] as string;
    if (next !== '{') return '';
    const written = /^\{(\d*)(,?)(\d*)\}/.exec(this.#characters.slice(this.#at, this.#at + 20).join(''));
    if (written === null || `${written[1]}${written[3]}` === '') return this.#refuse('a brace that is no quantifier');
    if (written[3] !== '' && Number(written[1]) > Number(written[3])) this.#refuse(written[0]);
    this.#at += written[0].length;
    return `{${written[1] || 0}${written[2]}${written[3]}}`;
  }

  /** An atomic group: a backreference to the capture of a lookahead, so there is no backtracking. */
  #atomic(translated: string, { isBehind }: Mode): string {
    if (isBehind) this.#refuse('a possessive quantifier in a lookbehind');
    const name = `atomic${this.#atomicGroups++}`;
    return `(?:(?=(?<${name}>${translated}))\\k<${name}>)`;
  }

  #atom(mode: Mode): string {
    const next = this.#characters[this.#at++] as string;
    if (mode.ignoreCase && next === '[') return this.#lettersInAnyCase();
    if (mode.ignoreCase && '(\\'.includes(next)) this.#refuse(`${next} where case is ignored`);
    if (next === '(') return this.#group(mode);
    if (next === '[') return this.#class();
    if (next === '.') return '[^\\n]';
    if (next in ANCHORS) return ANCHORS[next] as string;
    if (next === '\\') return this.#escape();
    if ('*+?{'.includes(next)) this.#refuse(`${next} without what it repeats`);
    return this.#literal(next, mode);
  }

  #group(mode: Mode): string {
    const opening = ['?:', '?=', '?!', '?<=', '?<!', '?>', '?i:'].find((written) => this.#skip(written)) ?? '';
    if (opening === '' && this.#next() === '?')
      this.#refuse(`(${this.#characters.slice(this.#at, this.#at + 3).join('')}`);
    const isBehind = mode.isBehind || opening.startsWith('?<');
    const inside = this.#alternatives({ ignoreCase: opening === '?i:', isBehind });
    if (!this.#skip(')')) this.#refuse('a bracket that is not closed');
    if (opening === '?>') return this.#atomic(inside, mode);
    return `(${['', '?i:'].includes(opening) ? '?:' : opening}${inside})`;
  }

  #escape(): string {
    const letter = this.#next() ?? '';
    const anchor = ANCHORS[`\\${letter}`];
    if (anchor !== undefined) {
      this.#at++;
      return anchor;
    }
    const members = this.#classEscape();
    if (members === undefined) return coded(this.#escapedCharacter());
    return members.isComplement ? complementOf(members.members) : classOf(members.members);
  }

  /** `\s`, `\W`, `\p{L}` and the like, after the backslash. */
  #classEscape(): { readonly members: string; readonly isComplement: boolean } | undefined {
    const letter = this.#next() ?? '';
    const lower = letter.toLowerCase();
    if (Object.hasOwn(CLASSES, lower)) {
      this.#at++;
      return { members: CLASSES[lower] as string, isComplement: letter !== lower };
    }
    if (lower !== 'p') return undefined;
    const written = /^[pP]\{(\^?)(\w+)\}/.exec(this.#characters.slice(this.#at, this.#at + 40).join(''));
    const members = property(written?.[2] ?? '');
    if (written === null || members === undefined) {
      return this.#refuse(`\\${written?.[0] ?? letter}`);
    }
    this.#at += written[0].length;
    return { members, isComplement: (letter === 'P') !== (written[1] === '^') };
  }

  /** A single character, after the backslash. */
  #escapedCharacter(): string {
    const letter = this.#characters[this.#at++] ?? '';
    if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter] as string;
    const rest = this.#characters.slice(this.#at, this.#at + 12).join('');
    const hexadecimal =
      letter === 'u' ? /^([0-9a-fA-F]{4})/.exec(rest) : letter === 'x' ? /^([0-7][0-9a-fA-F])/.exec(rest) : null;
    if (hexadecimal !== null) {
      this.#at += hexadecimal[0].length;
      return String.fromCharCode(Number.parseInt(hexadecimal[1] as string, 16));
    }
    if (/^[\p{L}\p{N}]?$/u.test(letter)) this.#refuse(`\\${letter}`);
    return letter;
  }

  #literal(character: string, { ignoreCase }: Mode): string {
    const lower = character.toLowerCase();
    if (!ignoreCase || (character <= '\x7f' && !/[a-z]/.test(lower))) return coded(character);
    if (character > '\x7f') this.#refuse(`${character} where case is ignored`);
    return `[${coded(lower)}${coded(lower.toUpperCase())}${ALSO[lower] ?? ''}]`;
  }

  /** A class of single ASCII letters in either case. */
  #lettersInAnyCase(): string {
    let members = '';
    for (let letter = this.#next() ?? ''; !this.#skip(']'); letter = this.#next() ?? '') {
      if (!/^[a-zA-Z]$/.test(letter)) this.#refuse('a class of other than letters where case is ignored');
      members += this.#literal(letter, { ignoreCase: true, isBehind: false });
      this.#at++;
    }
    return members === '' ? this.#refuse('an empty class') : classOf(members);
  }

  #class(): string {
    const isComplement = this.#skip('^');
    let members = '';
    if (this.#next() === ']') this.#refuse('an empty class');
    while (!this.#skip(']')) {
      if (this.#at >= this.#characters.length) this.#refuse('a class that is not closed');
      members += this.#member();
    }
    return isComplement ? complementOf(members) : classOf(members);
  }

  #member(): string {
    if (this.#skip('[')) this.#refuse('a class in a class');
    if (this.#skip('&&')) this.#refuse('&&');
    const first = this.#memberCharacter();
    if (typeof first !== 'string') return first.members;
    if (this.#next() !== '-' || this.#characters[this.#at + 1] === ']') return coded(first);
    this.#at++;
    if (this.#next() === '[') this.#refuse('a class in a class');
    const last = this.#memberCharacter();
    if (typeof last !== 'string' || (last.codePointAt(0) as number) < (first.codePointAt(0) as number)) {
      return this.#refuse('a range that is none');
    }
    return `${coded(first)}-${coded(last)}`;
  }

  #memberCharacter(): string | { readonly members: string } {
    const next = this.#characters[this.#at++] ?? '';
    if (next !== '\\') return next;
    if (this.#next() === 'b') this.#refuse('\\b in a class');
    const escaped = this.#classEscape();
    if (escaped === undefined) return this.#escapedCharacter();
    return { members: escaped.isComplement ? complementOf(escaped.members) : classOf(escaped.members) };
  }

  #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #skip(written: string): boolean {
    const isNext = this.#characters.slice(this.#at, this.#at + written.length).join('') === written;
    if (isNext) this.#at += written.length;
    return isNext;
  }
}
