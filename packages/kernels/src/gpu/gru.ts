import type { Recurrence } from './recurrence.ts';

/** Gates z, r, s, n: n = tanh(xn + r·s), where s = hₜ₋₁·Un + recurrentBias is what r resets. */
export const gru: Recurrence = {
  gates: 3,
  state: ['h'],
  constants: [{ name: 'recurrentBias', channel: 2 }],
  forward: `
quad gatesOf(quad x, quad p, quad before, quad constants) {
  float r = sigmoid(x.y + p.y);
  float s = p.z + constants.z;
  return quad(sigmoid(x.x + p.x), r, s, squash(x.z + r * s));
}
quad stateOf(quad gates, quad before, quad constants) {
  return quad(gates.w + gates.x * (before.x - gates.w), 0.0, 0.0, 0.0);
}`,
  coefficients: `
quad factorsOf(quad gates, quad before, quad after, quad constants) {
  float n = (1.0 - gates.x) * (1.0 - gates.w * gates.w);
  return quad(
    (before.x - gates.w) * gates.x * (1.0 - gates.x),
    n * gates.z * gates.y * (1.0 - gates.y),
    n,
    n * gates.y);
}
quad carriesOf(quad gates, quad factors, quad after, quad constants) {
  return quad(0.0, 0.0, gates.x, 0.0);
}`,
  deltas: `
quad deltas(quad factors, quad d) {
  return factors * d.x;
}`,
  recurrent: `
quad recurrent(quad deltas) {
  return quad(deltas.x, deltas.y, deltas.w, 0.0);
}`,
  slopes: `
quad slopes(quad recurrent, quad before, quad after) {
  return recurrent;
}`,
};
