import type { Rng } from '@elman/core';
import { engine, type NamedTensorMap, reshape, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { type DeviceKernels, runOnDevice } from '../../device-kernels.ts';
import type { Device } from '../../gpu/device.ts';
import { webgl } from '../../webgl/device.ts';
import { webgpu } from '../../webgpu/device.ts';
import { isConstantNoise, keyOf, type StepArguments } from '../compiled-step.ts';
import { type Draws, type Node, NotCompilable, type RngOperation, type StepGraph } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { stagesOf } from '../plan/stages.ts';
import { simplify } from '../simplify/simplify.ts';
import { type AnyCell, drawsOf, traceStep } from '../trace/index.ts';
import { isParallel } from './parallel.ts';
import { rehearse, runOn, type Sizes, type Thing } from './run.ts';
import { type GivenTensors, makeShaderPlan, type ShaderPlan } from './shader-plan.ts';

const devices: { readonly [backendName: string]: Device | undefined } = { webgl, webgpu };

/** The device of the active backend, if it has shaders. */
export const deviceHere = (): Device | undefined => devices[engine().backendName];

/** A step compiled for shaders: its plan, and what backward takes over from forward. */
type DeviceStep = { readonly graph: StepGraph; readonly plan: ShaderPlan; readonly held: readonly Thing[] };

const compiled = new WeakMap<object, Map<string, DeviceStep | NotCompilable>>();

/** The step of a cell compiled for shaders, or why it cannot be. */
export function deviceStep(
  device: Device,
  cell: AnyCell,
  given: StepArguments,
  withGradient: boolean,
): DeviceStep | NotCompilable {
  const known = compiled.get(cell) ?? new Map<string, DeviceStep | NotCompilable>();
  compiled.set(cell, known);
  const key = `${engine().backendName} ${withGradient} ${keyOf(given)}`;
  let found = known.get(key);
  if (found === undefined) {
    found = compileNow(device, cell, given, withGradient);
    known.set(key, found);
  }
  return found;
}

function compileNow(
  device: Device,
  cell: AnyCell,
  given: StepArguments,
  withGradient: boolean,
): DeviceStep | NotCompilable {
  try {
    const plan = makeShaderPlan(simplify(traceStep(cell, given)), {
      withGradient,
      isConstantNoise,
      mostInputs: device.mostInputs,
    });
    if (cell.scan !== undefined && isParallel(plan.graph, stagesOf(plan.graph, isConstantNoise))) {
      throw new NotCompilable('its scan is parallel in time', 'scan');
    }
    const nothing = {} as GivenTensors;
    const forward = rehearse(device, new Set());
    plan.forward(forward.run, nothing);
    if (!withGradient) return { graph: plan.graph, plan, held: [] };
    const backward = rehearse(device, new Set([...forward.made].filter(({ isHeld }) => isHeld)));
    plan.backward(backward.run, nothing);
    return { graph: plan.graph, plan, held: [...backward.used] };
  } catch (error) {
    if (error instanceof NotCompilable) return error;
    throw error;
  }
}

/** A sequence on a device: tensors by name, as `compiledScan` names them. */
export type DeviceCall = {
  readonly where: string;
  readonly device: Device;
  readonly step: DeviceStep;
  readonly inputs: NamedTensorMap;
  readonly sizes: Sizes;
  readonly rng: Rng | undefined;
};

/** Outputs, and the leaves of the state. */
export function scanOnDevice({ where, inputs, ...call }: DeviceCall): Tensor[] {
  return tidy(() => {
    const { graph } = call.step.plan;
    const noise = call.rng === undefined ? [] : drawNoise(graph, call.rng, call.sizes);
    const all = { ...inputs, ...Object.fromEntries(noise.map((of, i) => [`noise${i}`, of])) };
    const isVariable = (name: string): boolean =>
      !name.startsWith('noise') && name !== 'mask' && all[name]?.dtype === 'float32';
    const options = { ...call, names: Object.keys(all) };
    return runOnDevice(where, kernels, all, Object.keys(all).filter(isVariable), options);
  });
}

type Options = Omit<DeviceCall, 'where' | 'inputs'> & { readonly names: readonly string[] };

const kernels: DeviceKernels<Options> = {
  forward(inputs, { device, step, sizes, names }) {
    const run = runOn(device, sizes, new Map());
    const results = step.plan.forward(run, givenOf(inputs, step.plan.graph));
    return { results, saved: [...names.map((name) => inputs[name] as Tensor), ...step.held.map(run.get)] };
  },
  backward([dOutputs, ...dState], saved, { device, step: { plan, held }, sizes, names }) {
    return tidy(() => {
      const inputs: NamedTensorMap = Object.fromEntries(names.map((name, i) => [name, saved[i] as Tensor]));
      const known = new Map(held.map((thing, i) => [thing, saved[names.length + i] as Tensor]));
      const found = plan.backward(runOn(device, sizes, known), { ...givenOf(inputs, plan.graph), dOutputs, dState });
      const grads: NamedTensorMap = {};
      const add = (name: string, of: Tensor | undefined): void => {
        const like = inputs[name] as Tensor;
        grads[name] = of === undefined ? zeros(like.shape) : reshape(of, like.shape);
      };
      add('input', found.input);
      for (const [i, of] of found.params.entries()) add(`param${i}`, of);
      for (const [i, of] of found.state.entries()) add(`state${i}`, of);
      for (const [i, of] of found.context.entries()) add(`context${i}`, of);
      for (const [i, of] of found.captured.entries()) add(`captured${i}`, of);
      return grads;
    });
  },
};

const listOf = (inputs: NamedTensorMap, kind: string): Tensor[] => {
  const found: Tensor[] = [];
  for (let i = 0; `${kind}${i}` in inputs; i++) found.push(inputs[`${kind}${i}`] as Tensor);
  return found;
};

function givenOf(inputs: NamedTensorMap, graph: StepGraph): GivenTensors {
  const tensors = new Map<Node, Tensor>();
  for (const [i, of] of listOf(inputs, 'param').entries()) tensors.set(graph.params[i] as Node, of);
  for (const [i, of] of listOf(inputs, 'captured').entries()) {
    tensors.set((graph.captured[i] as { readonly node: Node }).node, of);
  }
  const context = listOf(inputs, 'context');
  graph.context.forEach((of, i) => {
    if (!of.perRow) tensors.set(of, context[i] as Tensor);
  });
  const { input, mask } = inputs as { input: Tensor; mask?: Tensor };
  return { input, mask, context, tensors, state: listOf(inputs, 'state'), noise: listOf(inputs, 'noise') };
}

/** The noise of all frames, as the step would draw it at frame t, given `rng.frame(t)`. */
function drawNoise({ noise }: StepGraph, rng: Rng, { time, batch }: Sizes): Tensor[] {
  const rows = noise.map(({ perRow }) => (perRow ? batch : 1));
  const frames = noise.map((of) => (isConstantNoise(of) ? 1 : time));
  const values = noise.map((of, i) => new Float32Array((rows[i] as number) * (frames[i] as number) * widthOf(of)));
  for (let t = 0; t < time; t++) {
    const generators = new Map<readonly RngOperation[], Rng>();
    noise.forEach((of, i) => {
      if (t >= (frames[i] as number)) return;
      const draws = of.draws as Draws;
      const generator = generators.get(draws.operations) ?? drawsOf(draws, rng.frame(t));
      generators.set(draws.operations, generator);
      const width = widthOf(of);
      for (let row = 0; row < (rows[i] as number); row++) {
        const from = (row * (frames[i] as number) + t) * width;
        for (let k = 0; k < width; k++) (values[i] as Float32Array)[from + k] = draws.draw(generator);
      }
    });
  }
  return noise.map((of, i) =>
    tensor(values[i] as Float32Array, [(rows[i] as number) * (frames[i] as number), widthOf(of)]),
  );
}
