import { describe, expect, it } from 'vitest';
import { isRecipe, OptionError, type Recipe, remake } from '../src/index.ts';

const packages: { [name: string]: { [name: string]: unknown } } = {
  '@scope/cells': { leaf: (options: object) => ({ made: 'leaf', ...options }), constant: 3 },
  pair: { both: (parts: unknown[], { extra }: { extra: unknown }) => ({ made: 'pair', parts, extra }) },
};
const importPackage = async (name: string) =>
  packages[name] ?? Promise.reject(new Error(`Cannot find package '${name}'`));

const leaf = (size: number): Recipe => ({ package: '@scope/cells', factory: 'leaf', arguments: [{ size }] });

describe('remake', () => {
  it('makes recipes within recipes first', async () => {
    const recipe: Recipe = { package: 'pair', factory: 'both', arguments: [[leaf(1), 'text'], { extra: leaf(2) }] };
    expect(await remake(JSON.parse(JSON.stringify(recipe)), importPackage)).toEqual({
      made: 'pair',
      parts: [{ made: 'leaf', size: 1, recipe: leaf(1) }, 'text'],
      extra: { made: 'leaf', size: 2, recipe: leaf(2) },
      recipe,
    });
  });

  it('leaves what knows its recipe, and what is no plain record', async () => {
    class Made {}
    const recipe = { package: 'x', factory: 'own', arguments: [] };
    const known = { own: () => ({ recipe: leaf(7) }), instance: () => new Made() };
    expect(await remake(recipe, async () => known)).toEqual({ recipe: leaf(7) });
    const instance = await remake({ ...recipe, factory: 'instance' }, async () => known);
    expect(instance).toBeInstanceOf(Made);
    expect(instance).not.toHaveProperty('recipe');
  });

  it.each([
    './local.js',
    '../up',
    '/etc/x.js',
    'https://example.org/x.js',
    'file:x',
    'node:fs',
    'a/b',
    '@scope/a/b',
    '',
  ])('never imports %j', async (name) => {
    await expect(remake({ ...leaf(1), package: name }, importPackage)).rejects.toThrow(
      new OptionError(`recipe: package: expected the name of an npm package, got "${name}".`),
    );
  });

  it('says what is missing', async () => {
    await expect(remake({ ...leaf(1), package: 'absent' }, importPackage)).rejects.toThrow(
      "recipe: the package absent cannot be loaded (Cannot find package 'absent'); install it with: npm install absent",
    );
    for (const factory of ['nothing', 'constant', 'toString']) {
      await expect(remake({ ...leaf(1), factory }, importPackage)).rejects.toThrow(
        new OptionError(`recipe: the package @scope/cells exports no function named ${factory}.`),
      );
    }
  });

  it('knows a recipe from other JSON', () => {
    expect([leaf(1), {}, null, 'x', { package: 'a', factory: 'b' }].map(isRecipe)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
