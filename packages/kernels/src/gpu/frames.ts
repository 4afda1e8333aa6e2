/** `int block…(int t)`: the block of the frame that was run just before or after frame t, or `time` if there is none. */
const neighbour = (name: string, sign: '+' | '-'): string => `
int ${name}(int t) {
  int neighbour = t ${sign} towards;
  if (neighbour < 0 || neighbour >= time) { return time; }
  return neighbour;
}`;

/** The blocks of states next to that of a frame, where the block of the initial state comes after those of all frames. */
export const NEIGHBOURS: string = `${neighbour('blockBefore', '+')}${neighbour('blockAfter', '-')}`;
