import type { Rng, Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { uniform } from '../score.ts';
import { ids } from '../scoring.ts';
import { expectBetween, nodeNames, tripleExample, tripleNames, tripleWidth } from './triples.ts';

/** Options of the graphs. */
export type ShortestPathOptions = {
  /** Number of node names, from which each graph draws; default 12. */
  readonly labels?: number | undefined;
  /** Number of edge names, which do not affect the path; default 4. */
  readonly edges?: number | undefined;
  /** Mean number of edges per node; fewer where another edge would shorten the path. Default 2. */
  readonly degree?: number | undefined;
};

/**
 * The shortest path from one node of a random graph to another; every row has another graph.
 *
 *   inputs    (3 a 7) (7 c 1) (3 b 1) (1 a 5) …  ?(3 5)   !  !
 *   targets                                              1  5     each node on the way
 *
 * A frame has a channel for each source, edge and destination, one for ? and one for !. `length` is the number of edges
 * on the path, of which there is one that short; `nodes` is that of nodes, and one more than the path has edges where
 * it is less.
 *
 * Baseline: nodes have random names: ln 12 nats, 1/12.
 * @throws {OptionError} if there are fewer than two names for nodes, or none for edges.
 * @see Graves et al. 2016, Hybrid computing using a neural network with dynamic external memory: shortest path
 */
export function shortestPath({ labels = 12, edges = 4, degree = 2 }: ShortestPathOptions = {}): Task {
  const name = 'shortestPath';
  expectBetween(name, 'labels', labels, [2, 1000]);
  expectBetween(name, 'edges', edges, [1, 1000]);
  expectBetween(name, 'degree', degree, [1, labels]);
  const sizes = { labels, edges };
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ labels, edges, degree }] },
    inputSize: tripleWidth(sizes),
    outputSize: labels,
    easiest: { length: 1, nodes: 2 },
    hardest: { length: labels - 1, nodes: labels },
    symbols: {
      inputs: tripleNames(sizes, (edge) => `-${edge}-`),
      targets: nodeNames(labels),
    },
    scoring: ids,
    example(rng, { length, nodes = 2 }) {
      const named = [...rng.permutation(labels)].slice(0, Math.max(nodes, length + 1));
      const graph = graphAround(rng, length, named.length, degree);
      const shown = [...rng.permutation(graph.length)].map((i) => {
        const [from, to] = graph[i] as Arc;
        return { source: named[from], edge: rng.integer(edges), destination: named[to] };
      });
      const asked = [{ source: named[0], destination: named[length] }];
      return tripleExample(sizes, shown, asked, named.slice(1, length + 1));
    },
    baseline: () => uniform(labels),
  });
}

type Arc = readonly [from: number, to: number];

/**
 * A random graph in which 0 → 1 → … → length is the one shortest path from 0 to length: that path, and then of all other pairs, in
 * random order, those that create no other path from 0 to the end as short, until there are enough edges.
 */
function graphAround(rng: Rng, length: number, nodes: number, degree: number): Arc[] {
  const arcs: Arc[] = Array.from({ length }, (_, i) => [i, i + 1]);
  for (const pair of rng.permutation(nodes * nodes)) {
    if (arcs.length >= degree * nodes) break;
    const [from, to] = [Math.floor(pair / nodes), pair % nodes];
    if (from === to || (to === from + 1 && to <= length)) continue;
    const there = distances(arcs, 0, nodes)[from] as number;
    const onwards = distances(
      arcs.map(([a, b]) => [b, a]),
      length,
      nodes,
    )[to] as number;
    if (there + 1 + onwards > length) arcs.push([from, to]);
  }
  return arcs;
}

/** The distance from a node to every node in edges, by breadth-first search. */
function distances(arcs: readonly Arc[], start: number, nodes: number): number[] {
  const found = Array<number>(nodes).fill(Infinity);
  found[start] = 0;
  const queue = [start];
  for (const at of queue) {
    for (const [from, to] of arcs) {
      if (from !== at || (found[to] as number) < Infinity) continue;
      found[to] = (found[at] as number) + 1;
      queue.push(to);
    }
  }
  return found;
}
