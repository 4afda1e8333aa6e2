import { DIRECTIONS } from './relations.ts';
import { chance, pick, pickSome, type Tell } from './teller.ts';
import { PLACES } from './words.ts';

/** Of the directions, in their order: the step, to the east and to the north. */
const STEPS = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
] as const;

/** The place of a direction's opposite: they come in pairs. */
const opposite = (way: number): number => way ^ 1;

type Edge = { readonly from: number; readonly to: number; readonly way: number; line: number };

/** How does one get from the garden to the bakery? South and then east. */
export const paths: Tell = (rng, { say, ask }) => {
  const places = pickSome(rng, PLACES, 5);
  const cells: [number, number][] = [[0, 0]];
  const edges: Edge[] = [];
  // A tree on a grid: each place beside one that is there already.
  while (cells.length < places.length) {
    const [from, way] = [rng.integer(cells.length), rng.integer(DIRECTIONS.length)];
    const [[x, y], [right, up]] = [cells[from] as [number, number], STEPS[way] as readonly [number, number]];
    const cell: [number, number] = [x + right, y + up];
    if (cells.some(([a, b]) => a === cell[0] && b === cell[1])) continue;
    edges.push({ from, to: cells.length, way, line: 0 });
    cells.push(cell);
  }
  for (const edge of pickSome(rng, edges, edges.length)) {
    const [from, to] = [places[edge.from], places[edge.to]];
    edge.line = say(
      chance(rng, 0.5)
        ? `The ${to} is ${DIRECTIONS[edge.way]} of the ${from}.`
        : `The ${from} is ${DIRECTIONS[opposite(edge.way)]} of the ${to}.`,
    );
  }
  const both = edges.flatMap(({ from, to, way, line }) => [
    { from, to, way, line },
    { from: to, to: from, way: opposite(way), line },
  ]);
  const routes = both.flatMap((a) =>
    both.flatMap((b) => (a.to === b.from && a.from !== b.to ? [[a, b] as const] : [])),
  );
  const [first, second] = pick(rng, routes);
  ask(
    `How does one get from the ${places[first.from]} to the ${places[second.to]}?`,
    [DIRECTIONS[first.way] as string, DIRECTIONS[second.way] as string],
    [first.line, second.line],
  );
};
