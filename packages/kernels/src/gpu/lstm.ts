import type { Recurrence } from './recurrence.ts';

/** Gates i, f, g, o; the state is (h, c), the constants are peepholes. */
const lstmWith = (constants: Recurrence['constants']): Recurrence => ({
  gates: 4,
  state: ['h', 'c'],
  constants,
  forward: `
quad gatesOf(quad x, quad p, quad before, quad constants) {
  quad z = x + p;
  float i = sigmoid(z.x + before.y * constants.x);
  float f = sigmoid(z.y + before.y * constants.y);
  float g = squash(z.z);
  float c = f * before.y + i * g;
  return quad(i, f, g, sigmoid(z.w + c * constants.w));
}
quad stateOf(quad gates, quad before, quad constants) {
  float c = gates.y * before.y + gates.x * gates.z;
  return quad(gates.w * squash(c), c, 0.0, 0.0);
}`,
  coefficients: `
quad factorsOf(quad gates, quad before, quad after, quad constants) {
  return quad(
    gates.z * gates.x * (1.0 - gates.x),
    before.y * gates.y * (1.0 - gates.y),
    gates.x * (1.0 - gates.z * gates.z),
    squash(after.y) * gates.w * (1.0 - gates.w));
}
quad carriesOf(quad gates, quad factors, quad after, quad constants) {
  float squashed = squash(after.y);
  return quad(
    gates.w * (1.0 - squashed * squashed) + factors.w * constants.w,
    gates.y + factors.x * constants.x + factors.y * constants.y,
    0.0,
    0.0);
}`,
  deltas: `
quad deltas(quad factors, quad d) {
  return factors * quad(d.y, d.y, d.y, d.x);
}`,
  slopes: `
quad slopes(quad recurrent, quad before, quad after) {
  return recurrent * quad(before.y, before.y, 0.0, after.y);
}`,
});

export const lstm: Recurrence = lstmWith([]);

export const peepholeLstm: Recurrence = lstmWith([
  { name: 'peepholeI', channel: 0 },
  { name: 'peepholeF', channel: 1 },
  { name: 'peepholeO', channel: 3 },
]);
