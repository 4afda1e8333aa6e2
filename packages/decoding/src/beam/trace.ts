import type { Beam } from './hypothesis.ts';

/** The outcome of a candidate: it stayed live, was pruned, or ended a hypothesis. */
export type Fate = 'live' | 'pruned' | 'ended';

/** A candidate that was considered. */
export interface TraceNode {
  /** The index of its parent; none for the root, which is the prompt. */
  readonly parent: number | undefined;
  /** For the root the last token of the prompt. */
  readonly token: number;
  /** Generated tokens, this one included. */
  readonly step: number;
  /** Log-probability of all generated tokens up to this one. */
  readonly logProbability: number;
  readonly fate: Fate;
}

/** The nodes of a search, parents before children, those of a step best first. */
export type SearchTree = readonly TraceNode[];

/** Records the nodes that a search considers in a list. */
export function recorder(lastOfPrompt: number): {
  readonly tree: TraceNode[];
  readonly watch: (beam: Beam, fate: Fate) => void;
} {
  const tree: TraceNode[] = [{ parent: undefined, token: lastOfPrompt, step: 0, logProbability: 0, fate: 'live' }];
  const numbers = new Map<Beam, number>();
  return {
    tree,
    watch(beam, fate) {
      const { parent, token, length: step, logProbability } = beam;
      numbers.set(beam, tree.length);
      tree.push({ parent: (parent && numbers.get(parent)) ?? 0, token, step, logProbability, fate });
    },
  };
}

const MARKS: { readonly [fate in Fate]: string } = { live: '', pruned: ' ×', ended: ' ■' };

/**
 * A search tree as indented lines: the token, the probability of all up to it, × where it was pruned, ■ where it ended a hypothesis.
 *
 * @param name the text of a token; by default its id.
 */
export function treeText(tree: SearchTree, name: (token: number) => string = String): string {
  const children = tree.map((): number[] => []);
  for (const [i, { parent }] of tree.entries()) if (parent !== undefined) children[parent]?.push(i);
  const lines: string[] = [];
  const open = [0];
  while (open.length > 0) {
    const at = open.pop() as number;
    const { token, step, logProbability, fate } = tree[at] as TraceNode;
    lines.push(`${'  '.repeat(step)}${name(token)} ${Math.exp(logProbability).toPrecision(3)}${MARKS[fate]}`);
    open.push(...(children[at] as number[]).toReversed());
  }
  return lines.join('\n');
}
