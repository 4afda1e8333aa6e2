import type { SearchTree } from '../src/index.ts';

const COLOURS = ['#c0392b', '#27804a', '#2b5fc0'];
const [WIDTH, ROW, COLUMN, RADIUS, TOP] = [640, 44, 200, 15, 64];

/**
 * The tree of a search over three letters as SVG: steps from left to right, a colour per letter, at each edge the
 * probability of the letter given the previous ones, and at each end that of the word. Pruned nodes are pale; the words
 * of greedy and of beam search are marked.
 */
export function latticePicture(tree: SearchTree, letters: readonly string[], greedy: string, best: string): string {
  const children = tree.map((_, at) => [...tree.keys()].filter((i) => tree[i]?.parent === at));
  for (const own of children) own.sort((a, b) => (tree[a]?.token as number) - (tree[b]?.token as number));
  const words: string[] = [];
  for (const [i, { parent, token }] of tree.entries()) {
    words[i] = (parent === undefined ? '' : (words[parent] as string)) + letters[token];
  }
  const heights: number[] = [];
  let leaves = 0;
  const place = (at: number): number => {
    const own = (children[at] as number[]).map(place);
    heights[at] = own.length === 0 ? TOP + ROW * leaves++ : ((own[0] as number) + (own.at(-1) as number)) / 2;
    return heights[at] as number;
  };
  place(0);
  const isOn = (word: string, at: number): boolean => word.startsWith(words[at] as string);
  const x = (at: number): number => 60 + COLUMN * (tree[at]?.step as number);
  const edges: string[] = [];
  const nodes: string[] = [];
  for (const [at, { parent, token, step, logProbability, fate }] of tree.entries()) {
    const opacity = fate === 'pruned' ? 0.35 : 1;
    const y = heights[at] as number;
    if (parent !== undefined) {
      const from = heights[parent] as number;
      const p = Math.exp(logProbability - (tree[parent]?.logProbability as number)).toFixed(2);
      const [stroke, width] = isOn(best, at) ? ['#222', 3] : ['#888', 1.5];
      const dash = isOn(greedy, at) ? ' stroke-dasharray="7 5"' : '';
      edges.push(
        `<line x1="${x(parent) + RADIUS}" y1="${from}" x2="${x(at) - RADIUS}" y2="${y}" stroke="${isOn(greedy, at) ? '#d08700' : stroke}" stroke-width="${isOn(greedy, at) ? 3 : width}"${dash} opacity="${opacity}"/>`,
        `<text x="${x(at) - RADIUS - 44}" y="${Math.round(y + (from - y) * 0.22 - 6)}" opacity="${opacity}">${p}</text>`,
      );
    }
    nodes.push(
      `<circle cx="${x(at)}" cy="${y}" r="${RADIUS}" fill="${COLOURS[token]}" opacity="${opacity}"/>`,
      `<text x="${x(at)}" y="${y + 5}" fill="#fff" text-anchor="middle">${letters[token]}</text>`,
    );
    if ((children[at] as number[]).length === 0) {
      const mark = words[at] === best ? '  best' : words[at] === greedy ? '  greedy' : '';
      const p = Math.exp(logProbability).toFixed(3);
      const left = step < 2 ? '  left out' : '';
      nodes.push(`<text x="${x(at) + RADIUS + 10}" y="${y + 5}">${words[at]}  ${p}${mark}${left}</text>`);
    }
  }
  const height = TOP + ROW * leaves;
  const title = `Beam search of width 2 over three letters finds ${best}, greedy search ${greedy}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="sans-serif" font-size="14" fill="#222" xml:space="preserve">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="20" y="28" font-weight="bold">${title}</text>`,
    ...edges,
    ...nodes,
    '</svg>',
    '',
  ].join('\n');
}
