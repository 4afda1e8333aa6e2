import { DataError } from '@elman/core';

/** Numbers by name. */
export type Variables = Map<string, bigint>;
type Expression = (variables: Variables) => bigint;
type Statement = (variables: Variables) => void;

const TOKEN = / *(0|[1-9]\d*|[a-z]+|[+-]=|[-+*=<>():])/y;
const RESERVED = ['for', 'in', 'range', 'if', 'else', 'print'];

/** Limit on iterations, above that of any generated loop, so that other texts terminate. */
const MOST_ROUNDS = 1_000_000n;

/** Compiles one line of a program into functions, by the grammar of `evaluateProgram`. */
export class LineReader {
  readonly #tokens: readonly string[];
  readonly #number: number;
  #at = 0;

  constructor(line: string, number: number) {
    this.#number = number;
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < line.length) {
      const from = TOKEN.lastIndex;
      const found = TOKEN.exec(line);
      if (found === null) this.#fail('a number, name or sign of the language', line.slice(from));
      tokens.push((found as RegExpExecArray)[1] as string);
    }
    this.#tokens = tokens;
  }

  print(): Expression {
    this.#expect('print');
    const value = this.#inBrackets();
    this.#end();
    return value;
  }

  line(): Statement {
    const statement = this.#takes('for') ? this.#loop() : this.#assignment();
    this.#end();
    return statement;
  }

  #loop(): Statement {
    const name = this.#name();
    this.#expect('in');
    this.#expect('range');
    const times = this.#inBrackets();
    this.#expect(':');
    const body = this.#assignment();
    return (variables) => {
      const rounds = times(variables);
      if (rounds > MOST_ROUNDS) this.#fail(`a loop of at most ${MOST_ROUNDS} rounds`, `${rounds}`);
      for (let round = 0n; round < rounds; round++) {
        variables.set(name, round);
        body(variables);
      }
    };
  }

  #assignment(): Statement {
    const name = this.#name();
    const sign = this.#oneOf('=', '+=', '-=');
    if (sign === undefined) this.#fail('=, += or -=', this.#token);
    const value = this.#expression();
    const before = this.#variable(name);
    return (variables) => {
      const now = value(variables);
      if (sign === '=') variables.set(name, now);
      else variables.set(name, sign === '+=' ? before(variables) + now : before(variables) - now);
    };
  }

  #expression(): Expression {
    const value = this.#sum();
    if (!this.#takes('if')) return value;
    const left = this.#sum();
    const sign = this.#oneOf('<', '>');
    if (sign === undefined) this.#fail('< or >', this.#token);
    const right = this.#sum();
    this.#expect('else');
    const other = this.#expression();
    return (variables) => {
      const [a, b] = [left(variables), right(variables)];
      return (sign === '<' ? a < b : a > b) ? value(variables) : other(variables);
    };
  }

  #sum(): Expression {
    let sum = this.#product();
    for (let sign = this.#oneOf('+', '-'); sign !== undefined; sign = this.#oneOf('+', '-')) {
      const [left, right, isSum] = [sum, this.#product(), sign === '+'];
      sum = (variables) => (isSum ? left(variables) + right(variables) : left(variables) - right(variables));
    }
    return sum;
  }

  #product(): Expression {
    let product = this.#factor();
    while (this.#takes('*')) {
      const [left, right] = [product, this.#factor()];
      product = (variables) => left(variables) * right(variables);
    }
    return product;
  }

  #factor(): Expression {
    if (this.#token === '(') return this.#inBrackets();
    if (this.#takes('-')) {
      const positive = this.#factor();
      return (variables) => -positive(variables);
    }
    if (/^\d/.test(this.#token)) {
      const value = BigInt(this.#next());
      return () => value;
    }
    return this.#variable(this.#name());
  }

  #inBrackets(): Expression {
    this.#expect('(');
    const value = this.#expression();
    this.#expect(')');
    return value;
  }

  #variable(name: string): Expression {
    return (variables) => variables.get(name) ?? this.#fail('a variable that has a value', name);
  }

  #name(): string {
    const isName = /^[a-z]/.test(this.#token) && !RESERVED.includes(this.#token);
    return isName ? this.#next() : this.#fail('a name', this.#token);
  }

  /** The next token, empty at the end of the line. */
  get #token(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    const token = this.#token;
    this.#at++;
    return token;
  }

  #takes(token: string): boolean {
    return this.#oneOf(token) !== undefined;
  }

  #oneOf(...tokens: readonly string[]): string | undefined {
    return tokens.includes(this.#token) ? this.#next() : undefined;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#fail(token, this.#token);
  }

  #end(): void {
    if (this.#token !== '') this.#fail('the end of the line', this.#token);
  }

  #fail(wanted: string, got: string): never {
    throw new DataError(`evaluateProgram: line ${this.#number}: expected ${wanted}, got "${got}".`);
  }
}
