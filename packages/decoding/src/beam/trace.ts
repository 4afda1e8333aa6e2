import type { Beam } from './hypothesis.ts';

/** What became of a candidate: it lived on, was left out, or ended a hypothesis. */
export type Fate = 'live' | 'pruned' | 'ended';

/** A candidate that was looked at. */
export interface TraceNode {
  /** The number of the node before it; none for the first, which stands for the prompt. */
  readonly parent: number | undefined;
  /** Of the first node: the last of the prompt. */
  readonly token: number;
  /** Generated tokens, this one included. */
  readonly step: number;
  /** Of all generated tokens up to this one. */
  readonly logProbability: number;
  readonly fate: Fate;
}

/** The nodes of a search, parents before children, those of a step best first. */
export type SearchTree = readonly TraceNode[];

/** Puts the nodes that a search looks at into a list. */
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
 * A search tree as indented lines: the token, the probability of all up to it, × where it was left out, ■ where it ended a hypothesis.
 *
 * @param name what stands for a token; by default its id.
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
