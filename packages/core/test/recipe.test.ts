import { describe, expect, it, vi } from 'vitest';
import {
  type Factories,
  isPackageName,
  isRecipe,
  type Json,
  OptionError,
  packagesOf,
  type Recipe,
  remake,
  TrustError,
} from '../src/index.ts';

type Made = { readonly [key: string]: unknown };
const cell = (made: Made): Made => ({ ...made, init() {}, initialState() {}, step() {} });
const memory = (made: Made): Made => ({ ...made, initialState() {}, access() {} });
const calls: string[] = [];
const recorded =
  (name: string, make: (made: Made) => Made) =>
  (...given: unknown[]): Made => {
    calls.push(name);
    return make({ name, given });
  };

class Instance {
  init(): void {}
  initialState(): void {}
  step(): void {}
}

const cells: Factories = {
  leaf: { makes: 'cell', make: recorded('leaf', cell) },
  stack: { makes: 'cell', make: recorded('stack', cell), parts: [['cell']] },
  pair: { makes: 'cell', make: recorded('pair', cell), parts: [{ cell: 'cell', memory: 'memory?' }] },
  wrapped: { makes: 'cell', make: recorded('wrapped', cell), parts: ['cell', 'memory'] },
  store: { makes: 'memory', make: recorded('store', memory) },
  known: { makes: 'cell', make: () => cell({ recipe: { ...of('known'), own: true } }) },
  partly: { makes: 'cell', make: () => cell({ recipe: { ...of('lstm'), package: '@elman/cells' } }) },
  instance: { makes: 'cell', make: () => new Instance() },
  liar: { makes: 'cell', make: () => ({ init() {} }) },
  broken: { makes: 'cell', make: () => (undefined as never as string[]).map(String) },
};

const of = (factory: string, ...given: Json[]): Recipe => ({ package: '@scope/cells', factory, arguments: given });
const trust = { '@scope/cells': cells };
const remade = (recipe: unknown): Promise<unknown> => {
  calls.length = 0;
  return remake(JSON.parse(JSON.stringify(recipe)), { kind: 'cell', trust });
};

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(OptionError.isInstance(error) || TrustError.isInstance(error), `${error}`).toBe(true);
  const { message } = error as Error;
  expect(message).toMatch(/^[^\n]{1,200}$/);
  return message;
}

describe('remake', () => {
  it('makes recipes within recipes first, where there may be some', async () => {
    const recipe = of('wrapped', of('stack', [of('leaf', { size: 1 }), of('leaf', 2)]), of('store'));
    expect(await remade(recipe)).toMatchObject({
      name: 'wrapped',
      recipe,
      given: [
        { name: 'stack', given: [[{ given: [{ size: 1 }] }, { given: [2], recipe: of('leaf', 2) }]] },
        { name: 'store', given: [] },
      ],
    });
    expect(calls).toEqual(['leaf', 'leaf', 'stack', 'store', 'wrapped']);
    expect(await remade(of('pair', { cell: of('leaf'), memory: 'none', rate: [0.5, null] }))).toMatchObject({
      given: [{ cell: { name: 'leaf' }, memory: 'none', rate: [0.5, null] }],
    });
  });

  it('does not change an object with a recipe, nor one that is not a plain record', async () => {
    expect(await remade(of('known'))).toHaveProperty('recipe', { ...of('known'), own: true });
    expect(await remade(of('instance'))).not.toHaveProperty('recipe');
  });

  it('replaces the recipe of a part that a third-party record has kept', async () => {
    expect(await remade(of('partly'))).toHaveProperty('recipe', of('partly'));
  });

  it('makes what a file exports that the program passes, and looks up none', async () => {
    const recipe = { package: 'file:my-cell.mjs', factory: 'default', arguments: [{ leak: 0.5 }] };
    const load = async () => ({ default: (options: unknown) => cell({ options }) });
    const made = await remake(recipe, { kind: 'cell', trust: { 'file:my-cell.mjs': load } });
    expect(made).toMatchObject({ options: { leak: 0.5 }, recipe });
    expect(await refusal(remake(recipe, { kind: 'cell', trust }))).toBe(
      "recipe: it needs file:my-cell.mjs, whose code runs only if you trust it: trust: { 'file:my-cell.mjs': { … } }",
    );
    expect(await refusal(remake(recipe, { kind: 'cell', trust: ['file:my-cell.mjs'] }))).toContain(
      "a file, which is not looked up; give what it exports: trust: { 'file:my-cell.mjs': { … } }",
    );
  });

  it('accepts functions that the program passes, and lazy loaders', async () => {
    const asked: string[] = [];
    const given = {
      mine: { zoneout: (of: unknown, rate: number) => cell({ of, rate }) },
      late: async () => {
        asked.push('late');
        return { leaf: () => cell({ late: true }) };
      },
      never: async () => {
        asked.push('never');
        return {};
      },
    };
    const late = { package: 'late', factory: 'leaf', arguments: [] };
    const recipe = { package: 'mine', factory: 'zoneout', arguments: [late, 0.1] };
    expect(await remake(recipe, { kind: 'cell', trust: given })).toMatchObject({ of: { late: true }, rate: 0.1 });
    expect(asked).toEqual(['late']);
    const failing = remake(late, { kind: 'cell', trust: { late: () => Promise.reject(new Error('not\nhere')) } });
    expect(await refusal(failing)).toBe('recipe: the package late cannot be loaded (not).');
  });

  it.each([
    './local.js',
    '../up',
    '/etc/x.js',
    'C:\\x.js',
    'https://example.org/x.js',
    'data:text/javascript,0',
    'file:x',
    'file:../x.mjs',
    'file:///x.mjs',
    'node:fs',
    'node:child_process',
    'fs',
    'fs/promises',
    'child_process',
    'CHILD_PROCESS',
    'Fs',
    ' fs',
    'fs ',
    'worker_threads',
    '#internal',
    'bun:sqlite',
    'a/b',
    '@scope/a/b',
    '@scope',
    '..',
    'node_modules',
    '',
    'a\u0000b',
    'x'.repeat(215),
  ])('never takes %j for a package, trusted or not', async (name) => {
    let loaded = false;
    const load = async () => {
      loaded = true;
      return { leaf: () => cell({}) };
    };
    const recipe = { ...of('leaf'), package: name };
    const nested = of('stack', [of('leaf'), recipe]);
    for (const each of [recipe, nested]) {
      const message = await refusal(remake(each, { kind: 'cell', trust: { ...trust, [name]: load } }));
      expect(message).toMatch(/^recipe: package: expected the name of an npm package, got "/);
    }
    expect([loaded, isPackageName(name)]).toEqual([false, false]);
  });

  it('looks up no package outside of Node, and names the alternative', async () => {
    vi.stubGlobal('process', undefined);
    const recipe = { package: 'elman-cell-x', factory: 'x', arguments: [] };
    const message = await refusal(remake(recipe, { kind: 'cell', trust: ['elman-cell-x'] })).finally(
      vi.unstubAllGlobals,
    );
    expect(message).toContain("give what it exports: trust: { 'elman-cell-x': { … } }");
  });

  it('names the packages that it needs and does not trust, and imports none', async () => {
    const foreign = (name: string): Recipe => ({ package: name, factory: 'x', arguments: [] });
    const recipe = of('stack', [of('leaf'), foreign('elman-cell-x'), foreign('other')]);
    const error = await remade(recipe).catch((reason: unknown) => reason);
    expect(TrustError.isInstance(error)).toBe(true);
    expect((error as TrustError).packages).toEqual(['elman-cell-x', 'other']);
    expect((error as TrustError).message).toBe(
      "recipe: it needs elman-cell-x, other, whose code runs only if you trust it: trust: ['elman-cell-x', 'other']",
    );
    expect(calls).toEqual([]);
    for (const inherited of ['constructor', 'toString', 'hasownproperty', 'valueof']) {
      expect(await refusal(remade(foreign(inherited)))).toMatch(/package: expected|whose code runs only if/);
    }
    expect(packagesOf(recipe)).toEqual(['@scope/cells', 'elman-cell-x', 'other']);
    const many = of(
      'stack',
      Array.from({ length: 99 }, (_, i) => foreign(`package-number-${i}`)),
    );
    expect(await refusal(remade(many))).toContain('package-number-2, …');
  });

  it.each(['nothing', 'toString', 'constructor', '__proto__', 'hasOwnProperty', 'default', '', '\u001b[31m', '\u009b'])(
    'calls no factory named %j',
    async (factory) => {
      const message = await refusal(remade(of(factory)));
      expect(message).toMatch(
        /^recipe: @scope\/cells has no factory ".*" that a file may name; expected one that makes a cell\.$/,
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal.
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    },
  );

  it('reads no getter, and calls nothing inherited', async () => {
    let looked = false;
    const exports = Object.create(
      { inherited: () => cell({}) },
      {
        got: {
          enumerable: true,
          get: () => {
            looked = true;
            return () => cell({});
          },
        },
      },
    );
    for (const factory of ['got', 'inherited']) {
      const recipe = { package: 'x', factory, arguments: [] };
      expect(await refusal(remake(recipe, { kind: 'cell', trust: { x: exports } }))).toContain('has no factory');
    }
    expect(looked).toBe(false);
  });

  it.each([
    ['another kind', of('store'), 'expected a cell, got store of @scope/cells, which makes a memory.'],
    ['another kind within', of('stack', [of('leaf'), of('store')]), 'expected a cell, got store of'],
    [
      'another kind in an option',
      of('pair', { cell: of('leaf'), memory: of('leaf') }),
      'expected a memory, got leaf of',
    ],
    ['a recipe where none may be', of('leaf', { size: of('leaf') }), 'leaf of @scope/cells: expected no recipe among'],
    ['one among numbers', of('leaf', [1, [of('leaf')]]), 'expected no recipe among its arguments there, got leaf of'],
    ['one in addition to the parts', of('wrapped', of('leaf'), of('store'), of('leaf')), 'expected no recipe among'],
    [
      'a number for a cell',
      of('wrapped', 3, of('store')),
      'expected the recipe of a cell among its arguments, got a number.',
    ],
    [
      'an object for a cell',
      of('stack', [{ init: 1 }]),
      'expected the recipe of a cell among its arguments, got an object.',
    ],
    ['half a recipe', of('stack', [{ package: 'x', factory: 'y' }]), 'expected the recipe of a cell'],
    ['an object for a memory or none', of('pair', { cell: of('leaf'), memory: {} }), 'expected the recipe of a memory'],
    ['no array', of('stack', of('leaf')), 'expected an array of recipes among its arguments, got an object.'],
    ['no options', of('pair', 'x'), 'pair of @scope/cells: expected an object of options, got a string.'],
    ['an option too few', of('pair', {}), 'expected the option cell, got none.'],
  ])('refuses %s before anything is called', async (_, recipe, message) => {
    expect(await refusal(remade(recipe))).toContain(message);
    expect(calls).toEqual([]);
  });

  it('refuses a factory that returns another kind or throws', async () => {
    expect(await refusal(remade(of('liar')))).toContain('expected it to make a cell (a record with init,');
    expect(await refusal(remade(of('broken')))).toMatch(
      /^recipe: broken of @scope\/cells: cannot be called with these/,
    );
  });

  it('refuses a key __proto__ at any level', async () => {
    for (const text of [
      '{"package":"@scope/cells","factory":"leaf","arguments":[{"__proto__":{"polluted":1}}]}',
      '{"package":"@scope/cells","factory":"leaf","arguments":[],"__proto__":{"polluted":1}}',
      '{"package":"@scope/cells","factory":"leaf","arguments":[[{"a":{"__proto__":null}}]]}',
    ]) {
      expect(await refusal(remake(JSON.parse(text), { kind: 'cell', trust }))).toContain('expected no key "__proto__"');
    }
    expect(({} as Made).polluted).toBeUndefined();
  });

  it('refuses excessive nesting in one line, and accepts deep recipes', async () => {
    const nested = (levels: number, open: string, inmost: string, close: string): Recipe =>
      JSON.parse(`${open.repeat(levels)}${inmost}${close.repeat(levels)}`);
    const [open, leaf] = ['{"package":"@scope/cells","factory":"wrapped","arguments":[', JSON.stringify(of('leaf'))];
    const store = JSON.stringify(of('store'));
    expect(await remake(nested(100, open, leaf, `,${store}]}`), { kind: 'cell', trust })).toHaveProperty(
      'name',
      'wrapped',
    );
    for (const deep of [
      nested(20_000, open, leaf, `,${store}]}`),
      of('leaf', nested(20_000, '[', '', ']') as unknown as Json),
      of('leaf', nested(20_000, '{"a":', '0', '}') as unknown as Json),
    ]) {
      expect(await refusal(remake(deep, { kind: 'cell', trust }))).toContain('expected no more than 256 levels');
    }
  });
});

it('isRecipe distinguishes a recipe from other JSON', () => {
  const inherited = Object.create(of('leaf'));
  const values = [of('leaf'), {}, null, 'x', [], { package: 'a', factory: 'b' }, inherited];
  expect(values.map(isRecipe)).toEqual([true, false, false, false, false, false, false]);
});
