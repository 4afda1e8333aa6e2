import type { Node } from '../graph.ts';
import { widthOf } from '../ops.ts';
import type { Place, Store } from './plan.ts';

/** The parts of values side by side, and where they go if the whole goes to a place. */
export function partsOf(whole: Node, to: Place): Store[] {
  const before = (whole.attrs.before as number | undefined) ?? 1;
  const stride = widthOf(whole) / before;
  let column = to.column;
  return whole.inputs.map((value) => {
    const width = widthOf(value) / before;
    const at = column;
    column += width;
    if (before === 1) return { value, to: { ...to, column: at } };
    const [sizes, strides] =
      width === 1
        ? [[before], [stride]]
        : [
            [before, width],
            [stride, 1],
          ];
    return { value, to: { ...to, column: at, view: { sizes, strides, offset: 0 } } };
  });
}
