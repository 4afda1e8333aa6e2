import type { Rng, Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { uniform } from '../score.ts';
import { ids } from '../scoring.ts';
import { expectBetween, nodeNames, type Triple, tripleExample, tripleNames, tripleWidth } from './triples.ts';

/** Options of the graphs. */
export type GraphTraversalOptions = {
  /** Number of node names, from which each graph draws; default 12. */
  readonly labels?: number | undefined;
  /** Number of edge names; default 4. */
  readonly edges?: number | undefined;
  /** Out-degree of every node, with distinct edge names; default 2. */
  readonly degree?: number | undefined;
};

/**
 * The nodes reached from a node of a random graph along named edges; every row has another graph.
 *
 *   inputs    (3 a 7) (7 c 1) (3 b 1) …  ?(3 a) ?(c) ?(a)   !  !  !
 *   targets                                                  7  1  …     each node on the way
 *
 * A frame has a channel for each source, edge and destination, one for ? and one for !. `length` is the number of edges
 * that are followed, `nodes` that of nodes; a row shows degree·nodes edges in random order.
 *
 * Baseline: nodes have random names: ln 12 nats, 1/12.
 * @throws {OptionError} if there are fewer than two names for nodes, or more edges leave a node than there are names for edges.
 * @see Graves et al. 2016, Hybrid computing using a neural network with dynamic external memory: traversal
 */
export function graphTraversal({ labels = 12, edges = 4, degree = 2 }: GraphTraversalOptions = {}): Task {
  const name = 'graphTraversal';
  expectBetween(name, 'labels', labels, [2, 1000]);
  expectBetween(name, 'edges', edges, [1, 1000]);
  expectBetween(name, 'degree', degree, [1, edges]);
  const sizes = { labels, edges };
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ labels, edges, degree }] },
    inputSize: tripleWidth(sizes),
    outputSize: labels,
    easiest: { length: 1, nodes: 2 },
    hardest: { nodes: labels },
    symbols: {
      inputs: tripleNames(sizes, (edge) => `-${edge}-`),
      targets: nodeNames(labels),
    },
    scoring: ids,
    example(rng, { length, nodes = 2 }) {
      const named = [...rng.permutation(labels)].slice(0, nodes);
      const graph = named.map((source) => edgesFrom(rng, source, named, [...rng.permutation(edges)].slice(0, degree)));
      const way: Required<Triple>[] = [];
      let at = rng.integer(nodes);
      for (let step = 0; step < length; step++) {
        const edge = (graph[at] as Edge[])[rng.integer(degree)] as Edge;
        way.push(edge);
        at = named.indexOf(edge.destination);
      }
      const all = graph.flat();
      const shown = [...rng.permutation(all.length)].map((i) => all[i] as Edge);
      const asked = way.map(({ source, edge }, i) => (i === 0 ? { source, edge } : { edge }));
      return tripleExample(
        sizes,
        shown,
        asked,
        way.map(({ destination }) => destination),
      );
    },
    baseline: () => uniform(labels),
  });
}

type Edge = { readonly source: number; readonly edge: number; readonly destination: number };

/** `degree` edges with distinct names, to random nodes. */
function edgesFrom(rng: Rng, source: number, all: readonly number[], names: readonly number[]): Edge[] {
  return names.map((edge) => ({ source, edge, destination: all[rng.integer(all.length)] as number }));
}
