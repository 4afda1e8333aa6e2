/*
 * The language of the shaders: what GLSL and WGSL share once `quad` is the type of four floats, and declarations are rewritten.
 * Every variable is declared with a value (`float x = 1.0;`), there is no `?:` and no `%`, arguments are not assigned to,
 * and functions stand at the beginning of a line, before their use.
 */

const DECLARATION = /\b(quad|float|int|bool) (\w+) =/g;
const FUNCTION = /^(quad|float|int|bool) (\w+)\(([^)]*)\) \{/gm;

/** The same shader in WGSL. */
export function toWgsl(code: string): string {
  return code
    .replace(FUNCTION, (_, result: string, name: string, list: string) => {
      const parameters = list.replace(/(\w+) (\w+)/g, '$2: $1');
      return `fn ${name}(${parameters}) -> ${result} {`;
    })
    .replace(DECLARATION, 'var $2: $1 =');
}

/**
 * Functions that GLSL lacks or computes inexactly on some devices: accurate to a few ulp for small numbers too, and without
 * overflow. The polynomial is fitted to a relative error of 1e-9 of tanh below 0.55.
 */
export const ACTIVATIONS = `
float sigmoid(float x) {
  float e = exp(-abs(x));
  if (x < 0.0) { return e / (1.0 + e); }
  return 1.0 / (1.0 + e);
}
float squash(float x) {
  float z = x * x;
  if (z < 0.3025) {
    float p = -0.006274233572185040 * z + 0.02107167430222034;
    return x + x * z * (((p * z - 0.05385230854153633) * z + 0.1333258599042892) * z - 0.3333331644535065);
  }
  float e = exp(-2.0 * abs(x));
  float y = (1.0 - e) / (1.0 + e);
  if (x < 0.0) { return -y; }
  return y;
}
`;

/** The channels of a quad, in their order. */
export const CHANNELS = ['x', 'y', 'z', 'w'] as const;
