/** All that the page is made of. */
import type { CellTimes } from '../../packages/bench/src/cells-report.ts';
import type { Docstring } from './docstring.ts';
import type { Scores } from './scores.ts';

/** What is known of a cell, or of a combinator around one. */
export interface KnownCell {
  readonly name: string;
  /** Of a combinator, the cell that is counted and measured inside. */
  readonly around?: string | undefined;
  readonly docstring: Docstring;
  /** The path of its source. */
  readonly source: string;
  readonly options: readonly string[];
  /** A formula of I and H. */
  readonly parameters: string;
}

/** All that the page is made of. */
export interface Known {
  readonly families: readonly { readonly title: string; readonly cells: readonly KnownCell[] }[];
  readonly times?: CellTimes | undefined;
  readonly scores: readonly Scores[];
}
