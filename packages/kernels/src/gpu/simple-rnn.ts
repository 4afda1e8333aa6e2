import type { SimpleRnnActivation } from '../sequence.ts';
import type { Recurrence } from './recurrence.ts';

/** Each activation, and its derivative as a function of its result y. */
const ACTIVATION = {
  tanh: { of: 'squash', slope: 'return 1.0 - y * y;' },
  relu: { of: 'relu', slope: 'if (y > 0.0) { return 1.0; } return 0.0;' },
  sigmoid: { of: 'sigmoid', slope: 'return y * (1.0 - y);' },
};

/** One gate: hₜ itself. */
export const simpleRnn = (activation: SimpleRnnActivation): Recurrence => ({
  gates: 1,
  state: ['h'],
  constants: [],
  forward: `
quad gatesOf(quad x, quad p, quad before, quad constants) {
  return quad(${ACTIVATION[activation].of}(x.x + p.x), 0.0, 0.0, 0.0);
}
quad stateOf(quad gates, quad before, quad constants) {
  return gates;
}`,
  coefficients: `
float slopeOf(float y) {
  ${ACTIVATION[activation].slope}
}
quad factorsOf(quad gates, quad before, quad after, quad constants) {
  return quad(slopeOf(gates.x), 0.0, 0.0, 0.0);
}
quad carriesOf(quad gates, quad factors, quad after, quad constants) {
  return quad(0.0, 0.0, 0.0, 0.0);
}`,
  deltas: `
quad deltas(quad factors, quad d) {
  return factors * d.x;
}`,
});
