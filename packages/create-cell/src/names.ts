import { Refusal } from './refusal.ts';
import { rangeOf, read } from './template.ts';

const PACKAGE_NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9]*([._-][a-z0-9]+)*$/;
const RESERVED =
  'await break case catch class continue debugger default delete do else enum eval export extends false finally for ' +
  'function if implements import in instanceof interface let new null package private protected public return static ' +
  'super switch this throw true try typeof undefined var void while with yield';

/** What the placeholders of the template, `__cell__` and the like, stand for. */
export type Names = { readonly [placeholder: string]: string };

/**
 * The names for a package. A leading `elman-cell-` is not part of the cell's own name.
 * @throws {Refusal} if it is no name of a package, or the cell's name has another meaning in its code.
 */
export function namesFor(packageName: string): Names {
  const name = packageName.replace(/^@[^/]+\//, '').replace(/^elman-cell-/, '');
  if (!PACKAGE_NAME.test(packageName) || !/^[a-z]/.test(name)) {
    throw new Refusal(
      `name: expected lower-case letters, digits and hyphens, from a letter, as in my-cell or @me/my-cell, got "${packageName}".`,
    );
  }
  const cell = name.replace(/[._-]([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  const code = `${read('src/__name__.ts')} ${read('test/__name__.test.ts')}`.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  if (`${RESERVED} ${code}`.split(/\W+/).includes(cell)) {
    throw new Refusal(`name: a cell cannot be called ${cell}, which has another meaning in its code; choose another.`);
  }
  return {
    __package__: packageName,
    __name__: name,
    __cell__: cell,
    __Cell__: `${cell[0]?.toUpperCase()}${cell.slice(1)}`,
    __core__: rangeOf('core'),
    __testkit__: rangeOf('testkit'),
    __year__: `${new Date().getFullYear()}`,
  };
}
