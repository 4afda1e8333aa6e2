import type { Place } from './lines.ts';

/**
 * Downsamples a line, without visible change at this many pixels: of each pixel column the first, the lowest, the highest and the
 * last, in their order. A line that goes back in x, or has not many more points than that, is unchanged.
 */
export function thinned(places: readonly Place[], pixels: number): readonly Place[] {
  if (places.length <= 4 * pixels) return places;
  const kept: Place[] = [];
  let start = 0;
  for (let end = 1; end <= places.length; end++) {
    const [column, next] = [columnOf(places[start], pixels), columnOf(places[end], pixels)];
    if (next < column) return places;
    if (next > column) {
      kept.push(...corners(places.slice(start, end)));
      start = end;
    }
  }
  return kept;
}

const columnOf = (place: Place | undefined, pixels: number): number =>
  place === undefined ? Number.POSITIVE_INFINITY : Math.floor(place[0] * pixels);

function corners(places: readonly Place[]): Place[] {
  let [lowest, highest] = [0, 0];
  for (const [i, [, up]] of places.entries()) {
    if (up < (places[lowest] as Place)[1]) lowest = i;
    if (up > (places[highest] as Place)[1]) highest = i;
  }
  const wanted = new Set([0, lowest, highest, places.length - 1]);
  return [...wanted].sort((a, b) => a - b).map((i) => places[i] as Place);
}
