import type { Call, InputKind, Program } from '../../gpu/device.ts';
import { NEIGHBOURS } from '../../gpu/frames.ts';
import { CHANNELS } from '../../gpu/shader.ts';
import { type Node, NotCompilable } from '../graph.ts';
import { isProduct, isRowReduction, widthOf } from '../ops.ts';
import type { Packing, Place } from './places.ts';
import { FUNCTIONS, literal, printed } from './print.ts';
import type { Run, Thing } from './run.ts';
import { type Access, isDirect, type Pack } from './weights.ts';

/** What a row of a draw is: rows of the batch in a loop or at its start, a row of a frame (time-major), the same batch-major, … */
type RowsOfDraw = 'loop' | 'start' | 'quads' | 'frames' | 'batch' | 'sum over batch' | 'sum over time';

/** Values that are computed side by side, from `column` of the draw on: those of one quad (undefined: 0), or one of numbers. */
export type Group = {
  readonly column: number;
  readonly width: number;
  readonly values: readonly (Node | Place | undefined)[];
};

export type DrawOptions = {
  /** Whether the numbers are for products. */
  readonly isOperand?: boolean | undefined;
  readonly rows: RowsOfDraw;
  readonly packing: Packing;
  readonly groups: readonly Group[];
  /** Where a value is, if it is not computed in the draw. */
  readonly find: (of: Node) => Place | undefined;
  /** Columns of the vector of values that all rows share; undefined if it is not among them. */
  readonly shared: (of: Node) => { readonly of: Thing; readonly column: number } | undefined;
  readonly pack: (accesses: readonly Access[], depth: number, width: number) => Pack;
};

/** A program, and what it reads: things, and blocks by name. */
export type Draw = {
  readonly program: Program;
  readonly inputs: ReadonlyMap<string, Thing>;
  readonly blocks: ReadonlySet<string>;
};

/** An upper bound of rows and frames: loops of WebGL 1 need a constant bound. */
const MOST = 1 << 24;

/** A column, as an expression: a variable, if any, plus a number. */
type Column = { readonly base: string; readonly shift: number };
const FIRST: Column = { base: '', shift: 0 };
const textOf = ({ base, shift }: Column): string => {
  if (base === '') return `${shift}`;
  return shift === 0 ? base : `${base} + ${shift}`;
};

/** A sum over columns, or a maximum: the node, at a column if it is a product. */
type Need = { readonly node: Node; readonly column: Column; readonly needs: ReadonlySet<string> };

/** Statements, and the variables that they declare, by what these are. */
class Scope {
  readonly lines: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #outer: Scope | undefined;
  constructor(outer?: Scope) {
    this.#outer = outer;
  }
  find(key: string): string | undefined {
    return this.#names.get(key) ?? this.#outer?.find(key);
  }
  name(key: string, name: string): void {
    this.#names.set(key, name);
  }
}

/** The draw that computes these values. @throws {NotCompilable} */
export function makeDraw(options: DrawOptions): Draw {
  return new Writer(options).draw();
}

/** Calls a draw. */
export function callOf(draw: Draw, run: Run, at: number): Call {
  run.expectInputs(draw.inputs.size + draw.blocks.size);
  const { time, batch, reverse } = run.sizes;
  const inputs = Object.fromEntries([...draw.inputs].map(([name, of]) => [name, run.get(of)]));
  return { program: draw.program, inputs, numbers: { time, batch, towards: reverse ? 1 : -1, at } };
}

class Writer {
  readonly #options: DrawOptions;
  readonly #inputs = new Map<Thing, { readonly name: string; readonly kind: InputKind }>();
  readonly #blocks = new Set<string>();
  readonly #helpers = new Map<string, string>();
  #count = 0;

  constructor(options: DrawOptions) {
    this.#options = options;
  }

  draw(): Draw {
    const { groups, rows } = this.#options;
    const isNumbers = rows !== 'loop' && rows !== 'start' && rows !== 'quads';
    const parts = groups.map((group, i) => {
      const isLast = i === groups.length - 1;
      const lines = this.#group(group, isNumbers);
      if (isLast) return lines.join('\n');
      return `if (column < ${group.column + group.width}) {\n${lines.join('\n')}\n}`;
    });
    const code = `${FUNCTIONS}${NEIGHBOURS}
int within(int b) {
  if (b < batch) { return b; }
  return batch - 1;
}
${[...this.#helpers.values()].join('')}
${isNumbers ? 'float' : 'quad'} value(int row, int column) {
${this.#position()}
${parts.join('\n')}
}`;
    const inputs = [...this.#inputs.values()].map(({ name, kind }) => [name, kind] as const);
    const blocks = [...this.#blocks].map((name) => [name, 'quads'] as const);
    return {
      program: {
        inputs: Object.fromEntries([...inputs, ...blocks]),
        output: isNumbers ? (this.#options.isOperand ? 'operand' : 'numbers') : 'quads',
        numbers: ['time', 'batch', 'towards', 'at'],
        code,
      },
      inputs: new Map([...this.#inputs].map(([of, { name }]) => [name, of])),
      blocks: this.#blocks,
    };
  }

  /** The frame t and the rows b… of the batch. */
  #position(): string {
    const { rows, packing } = this.#options;
    switch (rows) {
      case 'loop':
      case 'start':
        return [
          'int t = at;',
          ...Array.from({ length: packing.rows }, (_, r) => `int b${r} = within(${packing.rows} * row + ${r});`),
        ].join('\n');
      case 'quads':
        return 'int t = row / batch;\nint b0 = row - t * batch;';
      case 'frames':
        return 'int b0 = row / time;\nint t = row - b0 * time;';
      case 'sum over batch':
        return 'int t = row;';
      case 'sum over time':
        return 'int b0 = row;';
      default:
        return 'int b0 = row;\nint t = at;';
    }
  }

  #group({ column, width, values }: Group, isNumbers: boolean): string[] {
    const { rows, packing } = this.#options;
    const scope = new Scope();
    const at: Column = { base: column === 0 ? 'column' : `(column - ${column})`, shift: 0 };
    if (rows === 'sum over batch' || rows === 'sum over time') {
      const [variable, end] = rows === 'sum over batch' ? ['b0', 'batch'] : ['t', 'time'];
      this.#sums(values, at, width, scope);
      const term = this.#value(values[0] as Node, at, 0, scope);
      return [
        'float total = 0.0;',
        `for (int ${variable} = 0; ${variable} < ${MOST}; ${variable}++) {`,
        `if (${variable} >= ${end}) { break; }`,
        ...scope.lines,
        `total += ${term};`,
        '}',
        'return total;',
      ];
    }
    this.#sums(values, at, width, scope);
    if (isNumbers) {
      const value = this.#value(values[0] as Node, at, 0, scope);
      return [...scope.lines, `return ${value};`];
    }
    const channels = Array<string>(4).fill('0.0');
    values.forEach((value, i) => {
      if (value === undefined) return;
      for (let r = 0; r < packing.rows; r++) channels[r * packing.values + i] = this.#value(value, at, r, scope);
    });
    return [...scope.lines, `return quad(${channels.join(', ')});`];
  }

  #let(scope: Scope, key: string, type: string, expression: string): string {
    const known = scope.find(key);
    if (known !== undefined) return known;
    const name = `${type === 'quad' ? 'q' : 'v'}${this.#count++}`;
    scope.lines.push(`${type} ${name} = ${expression};`);
    scope.name(key, name);
    return name;
  }

  #input(of: Thing, kind: InputKind): string {
    let known = this.#inputs.get(of);
    if (known === undefined) {
      known = { name: `i${this.#inputs.size}`, kind };
      this.#inputs.set(of, known);
    }
    return known.name;
  }

  /** A value at a column, of row r of those that a quad has. */
  #value(value: Node | Place, given: Column, r: number, scope: Scope): string {
    if ('kind' in value) return this.#read(value, given, r, scope);
    const column = widthOf(value) === 1 ? FIRST : given;
    const key = `${value.id}@${textOf(column)}#${r}`;
    const known = scope.find(key);
    if (known !== undefined) return known;
    const place = this.#options.find(value);
    if (place !== undefined) return this.#read(place, column, r, scope);
    if (value.op === 'Const' && value.values?.length === 1) return literal(value.values[0] as number, value);
    const shared = this.#options.shared(value);
    if (shared !== undefined) {
      return this.#read({ kind: 'tensor', of: shared.of, rows: 'shared', column: shared.column }, column, 0, scope);
    }
    const { op, inputs } = value;
    if (op === 'BroadcastTo') return this.#value(inputs[0] as Node, column, r, scope);
    if (op === 'Slice') {
      const [, begin] = value.attrs.begin as [number, number];
      return this.#value(inputs[0] as Node, { ...column, shift: column.shift + begin }, r, scope);
    }
    if (op === 'Concat') return this.#concat(value, column, r, scope, key);
    if (isSum(value)) throw new NotCompilable('products within products are not computed in shaders', op, value.line);
    const operands = inputs.map((x) => this.#value(x, column, r, scope));
    return this.#let(scope, key, 'float', printed(value, operands));
  }

  #concat(of: Node, column: Column, r: number, scope: Scope, key: string): string {
    const name = `v${this.#count++}`;
    scope.lines.push(`float ${name} = 0.0;`);
    const at = textOf(column);
    let from = 0;
    for (const part of of.inputs) {
      const to = from + widthOf(part);
      const inner = new Scope(scope);
      const value = this.#value(part, { ...column, shift: column.shift - from }, r, inner);
      scope.lines.push(`if (${at} >= ${from} && ${at} < ${to}) {`, ...inner.lines, `${name} = ${value};`, '}');
      from = to;
    }
    scope.name(key, name);
    return name;
  }

  #read(place: Place, column: Column, r: number, scope: Scope): string {
    const from = (first: number): string => textOf({ ...column, shift: column.shift + first });
    switch (place.kind) {
      case 'tensor': {
        const name = this.#input(place.of, 'matrix');
        const at = from(place.column);
        const rows = { frames: `b${r} * time + t, `, batch: `b${r}, `, time: 't, ', shared: '0, ' }[place.rows];
        const call = `${name}(${rows}${at})`;
        return this.#let(scope, call, 'float', call);
      }
      case 'quads': {
        const call = `${this.#input(place.of, 'quads')}(t * batch + b${r}, ${from(place.column)})`;
        return `${this.#let(scope, call, 'quad', call)}.${CHANNELS[place.channel]}`;
      }
      case 'channels': {
        const call = `${this.#channelReader(place)}(t * batch + b${r}, ${from(0)})`;
        return this.#let(scope, call, 'float', call);
      }
      case 'current': {
        this.#blocks.add(place.name);
        const call = `${place.name}(row, ${from(place.slot.column)})`;
        const channel = r * this.#options.packing.values + place.slot.value;
        return `${this.#let(scope, call, 'quad', call)}.${CHANNELS[channel]}`;
      }
      default: {
        const { offset, when, slot } = place;
        const block = { at: 't', before: 'blockBefore(t)', after: 'blockAfter(t)' }[when];
        const index = `${offset.perFrame} * time + ${offset.more} + ${block}`;
        const call = `${this.#blockReader(place)}(${index}, b${r}, ${from(slot.column)})`;
        return this.#let(scope, call, 'float', call);
      }
    }
  }

  /** `float …(int row, int column)` */
  #channelReader({ of, column, width, channels }: Extract<Place, { kind: 'channels' }>): string {
    const input = this.#input(of, 'quads');
    const name = `${input}c${column}v${channels.join('')}`;
    const [first, ...more] = channels.map((channel) => `q.${CHANNELS[channel]}`);
    this.#helpers.set(
      name,
      `float ${name}(int row, int column) {
  int part = column / ${width};
  quad q = ${input}(row, ${column} + column - part * ${width});
${more.map((x, i) => `  if (part == ${i + 1}) { return ${x}; }\n`).join('')}  return ${first};
}
`,
    );
    return name;
  }

  /** `float …(int block, int b, int column)` */
  #blockReader({ of, packing, slot }: Extract<Place, { kind: 'blocks' }>): string {
    const input = this.#input(of, 'quads');
    const name = `${input}v${slot.value}`;
    const { rows, values } = packing;
    const cases = Array.from(
      { length: rows },
      (_, r) => `  if (r == ${r}) { return q.${CHANNELS[r * values + slot.value]}; }\n`,
    );
    this.#helpers.set(
      name,
      `float ${name}(int block, int b, int column) {
  int group = b / ${rows};
  quad q = ${input}(block * ((batch + ${rows - 1}) / ${rows}) + group, column);
  int r = b - group * ${rows};
${cases.slice(1).join('')}  return q.${CHANNELS[slot.value]};
}
`,
    );
    return name;
  }

  /** The sums that values need, in loops: one over columns of each number, unless a sum needs another. */
  #sums(values: Group['values'], at: Column, width: number, scope: Scope): void {
    const all = new Map<string, Need>();
    for (const value of values) if (value !== undefined && !('kind' in value)) this.#collect(value, at, all);
    const done = new Set<string>();
    while (done.size < all.size) {
      const ready = [...all].filter(([key, { needs }]) => !done.has(key) && [...needs].every((need) => done.has(need)));
      this.#loops(ready, width, scope);
      for (const [key] of ready) done.add(key);
    }
  }

  #collect(of: Node, given: Column, all: Map<string, Need>): Set<string> {
    const column = widthOf(of) === 1 ? FIRST : given;
    const { find, shared } = this.#options;
    if (find(of) !== undefined || of.inputs.length === 0 || shared(of) !== undefined) return new Set();
    if (isSum(of)) {
      const key = `${of.id}@${textOf(column)}`;
      if (!all.has(key)) {
        const operand = of.inputs[0] as Node;
        const needs = this.#collect(operand, { base: 'k', shift: 0 }, all);
        for (const need of needs) {
          const { base } = (all.get(need) as Need).column;
          if (base === 'k')
            throw new NotCompilable('products within products are not computed in shaders', of.op, of.line);
        }
        all.set(key, { node: of, column, needs });
      }
      return new Set([key]);
    }
    const needs = new Set<string>();
    const begin = of.op === 'Slice' ? ((of.attrs.begin as number[])[1] as number) : 0;
    let from = 0;
    for (const x of of.inputs) {
      const shift = column.shift + begin - (of.op === 'Concat' ? from : 0);
      for (const need of this.#collect(x, { ...column, shift }, all)) needs.add(need);
      from += widthOf(x);
    }
    return needs;
  }

  #loops(ready: readonly (readonly [string, Need])[], width: number, scope: Scope): void {
    const { find, packing } = this.#options;
    const { rows } = packing;
    type Term = { readonly names: readonly string[]; readonly part: Node; readonly need: Need; readonly from: number };
    const byDepth = new Map<number, Term[]>();
    for (const [key, need] of ready) {
      const { node } = need;
      const isMax = node.op === 'Max';
      const names = Array.from({ length: rows }, (_, r) => {
        const name = `s${this.#count++}`;
        scope.lines.push(`float ${name} = ${isMax ? '-3.0e38' : '0.0'};`);
        scope.name(`${key}#${r}`, name);
        return name;
      });
      let from = 0;
      for (const part of partsOf(node.inputs[0] as Node, find)) {
        const depth = widthOf(part);
        const terms = byDepth.get(depth) ?? [];
        byDepth.set(depth, terms);
        terms.push({ names, part, need, from });
        from += depth;
      }
    }
    for (const [depth, terms] of byDepth) {
      const k = `k${this.#count++}`;
      const body = new Scope(scope);
      const at: Column = { base: k, shift: 0 };
      const products = terms.filter(({ need }) => isProduct(need.node));
      const weights = this.#weights(
        products.map(({ need, from }) => ({ product: need.node, column: need.column, from })),
        { depth, width, k },
        body,
      );
      for (const { names, part, need } of terms) {
        names.forEach((name, r) => {
          const x = this.#value(part, at, r, body);
          if (need.node.op === 'Max') body.lines.push(`${name} = max(${name}, ${x});`);
          else if (need.node.op === 'Sum') body.lines.push(`${name} += ${x};`);
        });
      }
      products.forEach(({ names, part }, i) => {
        names.forEach((name, r) => {
          body.lines.push(`${name} += ${this.#value(part, at, r, body)} * ${weights[i]};`);
        });
      });
      scope.lines.push(`for (int ${k} = 0; ${k} < ${depth}; ${k}++) {`, ...body.lines, '}');
    }
  }

  /** Numbers of weights, in the loop over k: from quads of four that are read together, if there is more than one. */
  #weights(
    wanted: readonly { readonly product: Node; readonly column: Column; readonly from: number }[],
    { depth, width, k }: { readonly depth: number; readonly width: number; readonly k: string },
    body: Scope,
  ): string[] {
    const results = Array<string>(wanted.length);
    for (const base of new Set(wanted.map(({ column }) => column.base))) {
      const group = wanted.flatMap((of, i) => (of.column.base === base ? [{ ...of, i }] : []));
      for (let first = 0; first < group.length; first += 4) {
        const few = group.slice(first, first + 4);
        const accesses = few.map(({ product, column: { shift }, from }): Access => ({ product, shift, from }));
        const pack = this.#options.pack(accesses, depth, base === '' ? 1 : width);
        const [only] = accesses as [Access];
        if (few.length === 1 && isDirect(only)) {
          const { of, row, column } = pack.whole(only);
          const at = `${textOf({ base: k, shift: row })}, ${textOf({ base, shift: column })}`;
          const call = `${this.#input(of, 'matrix')}(${at})`;
          results[(few[0] as (typeof few)[0]).i] = this.#let(body, call, 'float', call);
          continue;
        }
        const call = `${this.#input(pack.thing(), 'quads')}(${k}, ${base === '' ? '0' : base})`;
        const quad = this.#let(body, call, 'quad', call);
        few.forEach(({ i }, channel) => {
          results[i] = `${quad}.${CHANNELS[channel]}`;
        });
      }
    }
    return results;
  }
}

/** Whether a value is a sum over columns, or a maximum. */
const isSum = (of: Node): boolean => isProduct(of) || isRowReduction(of);

/** Values side by side, as far as their whole has no place. */
export const partsOf = (of: Node, find?: DrawOptions['find']): readonly Node[] =>
  of.op === 'Concat' && find?.(of) === undefined ? of.inputs.flatMap((part) => partsOf(part, find)) : [of];

/** Values side by side. */
export function groupsOf(values: readonly (Node | Place)[], widths: readonly number[]): Group[] {
  let column = 0;
  return values.map((value, i) => {
    const width = widths[i] as number;
    column += width;
    return { column: column - width, width, values: [value] };
  });
}
