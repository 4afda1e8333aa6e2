import { type Node, NotCompilable } from '../graph.ts';

/**
 * An elementwise op over `n` numbers: y[i], a[j], b[k], c[l] at first, and steps of di, dj, dk, dl from one to the next. Each is a loop
 * of its own, so that engines compile it for its op.
 */
export type ElementwiseLoop = (
  n: number,
  y: Float32Array,
  i: number,
  di: number,
  a: Float32Array,
  j: number,
  dj: number,
  b: Float32Array,
  k: number,
  dk: number,
  c: Float32Array,
  l: number,
  dl: number,
) => void;

/** Reduces `n` numbers of a, from a[j] on, that are dj apart. */
export type ReductionLoop = (n: number, a: Float32Array, j: number, dj: number) => number;

export const copy: ElementwiseLoop = (n, y, i, di, a, j, dj) => {
  for (; n > 0; n--, i += di, j += dj) y[i] = a[j] as number;
};

/** a + b */
export const add: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk) => {
  for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) + (b[k] as number);
};

const loops: { readonly [op: string]: ElementwiseLoop } = {
  Abs: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = Math.abs(a[j] as number);
  },
  Add: add,
  Equal: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = a[j] === b[k] ? 1 : 0;
  },
  Exp: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = Math.exp(a[j] as number);
  },
  Greater: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) > (b[k] as number) ? 1 : 0;
  },
  GreaterEqual: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) >= (b[k] as number) ? 1 : 0;
  },
  Less: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) < (b[k] as number) ? 1 : 0;
  },
  LessEqual: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) <= (b[k] as number) ? 1 : 0;
  },
  Log: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = Math.log(a[j] as number);
  },
  LogicalAnd: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = a[j] !== 0 && b[k] !== 0 ? 1 : 0;
  },
  LogicalNot: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = a[j] === 0 ? 1 : 0;
  },
  LogicalOr: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = a[j] !== 0 || b[k] !== 0 ? 1 : 0;
  },
  Maximum: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = Math.max(a[j] as number, b[k] as number);
  },
  Minimum: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = Math.min(a[j] as number, b[k] as number);
  },
  Multiply: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) * (b[k] as number);
  },
  Neg: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = -(a[j] as number);
  },
  NotEqual: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = a[j] !== b[k] ? 1 : 0;
  },
  RealDiv: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) / (b[k] as number);
  },
  Reciprocal: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = 1 / (a[j] as number);
  },
  Select: (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
    for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) y[i] = a[j] !== 0 ? (b[k] as number) : (c[l] as number);
  },
  Sigmoid: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = 1 / (1 + Math.exp(-(a[j] as number)));
  },
  Sqrt: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = Math.sqrt(a[j] as number);
  },
  Square: (n, y, i, di, a, j, dj) => {
    for (; n > 0; n--, i += di, j += dj) y[i] = (a[j] as number) * (a[j] as number);
  },
  Sub: (n, y, i, di, a, j, dj, b, k, dk) => {
    for (; n > 0; n--, i += di, j += dj, k += dk) y[i] = (a[j] as number) - (b[k] as number);
  },
};

/** Below this, tanh is x − x³/3 in float32, and 1 − 2/(1 + e²ˣ) would lose digits. */
const SMALL = 2 ** -8;

/** By Math.exp, which engines compute faster than Math.tanh. */
const tanh: ElementwiseLoop = (n, y, i, di, a, j, dj) => {
  for (; n > 0; n--, i += di, j += dj) {
    const x = a[j] as number;
    y[i] = Math.abs(x) < SMALL ? x - (x * x * x) / 3 : 1 - 2 / (1 + Math.exp(2 * x));
  }
};

/** a·b + c and c − a·b, with one rounding. */
export const multiplyAdd: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) y[i] = (a[j] as number) * (b[k] as number) + (c[l] as number);
};
export const multiplySubtract: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) y[i] = (c[l] as number) - (a[j] as number) * (b[k] as number);
};

/** a + b + c, and σ and tanh of it. */
export const sumOfThree: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) y[i] = (a[j] as number) + (b[k] as number) + (c[l] as number);
};
export const sigmoidOfSum: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) {
    y[i] = 1 / (1 + Math.exp(-((a[j] as number) + (b[k] as number) + (c[l] as number))));
  }
};
export const tanhOfSum: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) {
    const x = (a[j] as number) + (b[k] as number) + (c[l] as number);
    y[i] = Math.abs(x) < SMALL ? x - (x * x * x) / 3 : 1 - 2 / (1 + Math.exp(2 * x));
  }
};

/** 1 − a² */
export const oneMinusSquare: ElementwiseLoop = (n, y, i, di, a, j, dj) => {
  for (; n > 0; n--, i += di, j += dj) y[i] = 1 - (a[j] as number) * (a[j] as number);
};
/** a·b·c·(1 − c) and a·b·(1 − c²) */
export const bySigmoidSlope: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) {
    const x = c[l] as number;
    y[i] = (a[j] as number) * (b[k] as number) * (x * (1 - x));
  }
};
export const byOneMinusSquare: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) {
    const x = c[l] as number;
    y[i] = (a[j] as number) * (b[k] as number) * (1 - x * x);
  }
};

/** min(max(a, b), c) */
const clip: ElementwiseLoop = (n, y, i, di, a, j, dj, b, k, dk, c, l, dl) => {
  for (; n > 0; n--, i += di, j += dj, k += dk, l += dl) {
    y[i] = Math.min(Math.max(a[j] as number, b[k] as number), c[l] as number);
  }
};

/** The loop of an op. */
export function loopOf({ op, line }: Node): ElementwiseLoop {
  const loop = { ...loops, ClipByValue: clip, Tanh: tanh }[op];
  if (loop === undefined) throw new NotCompilable(`${op} has no loop in JavaScript`, op, line);
  return loop;
}

export const reductions: { readonly [op: string]: ReductionLoop } = {
  Sum: (n, a, j, dj) => {
    let sum = 0;
    for (; n > 0; n--, j += dj) sum += a[j] as number;
    return sum;
  },
  Max: (n, a, j, dj) => {
    let most = Number.NEGATIVE_INFINITY;
    for (; n > 0; n--, j += dj) most = Math.max(most, a[j] as number);
    return most;
  },
};
