import type { Rng } from '@elman/core';
import { engine, type NamedTensorMap, reshape, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { type DeviceKernels, runOnDevice } from '../../device-kernels.ts';
import type { Device } from '../../gpu/device.ts';
import { webgl } from '../../webgl/device.ts';
import { webgpu } from '../../webgpu/device.ts';
import { isConstantNoise, keyOf, type StepArguments } from '../compiled-step.ts';
import { type Draws, NotCompilable, type RngOperation, type StepGraph } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { shiftsFrames } from '../plan/shifts.ts';
import { stagesOf } from '../plan/stages.ts';
import {
  listedTensors,
  namedTensors,
  type ScanTensors,
  tensorsByNode,
  tensorsFrom,
  variablesOf,
} from '../scan-tensors.ts';
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
    const stages = stagesOf(plan.graph, isConstantNoise);
    if (cell.scan !== undefined && (isParallel(plan.graph, stages) || shiftsFrames(plan.graph, stages))) {
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

/** A sequence on a device. */
export type DeviceCall = {
  readonly where: string;
  readonly device: Device;
  readonly step: DeviceStep;
  readonly tensors: ScanTensors;
  readonly sizes: Sizes;
  readonly rng: Rng | undefined;
};

/** Outputs, and the leaves of the state. */
export function scanOnDevice({ where, ...call }: DeviceCall): Tensor[] {
  return tidy(() => {
    const { graph } = call.step.plan;
    const noise = call.rng === undefined ? [] : drawNoise(graph, call.rng, call.sizes);
    const tensors = { ...call.tensors, noise };
    const named = namedTensors(tensors);
    return runOnDevice(where, kernels, named, variablesOf(named), { ...call, tensors });
  });
}

const kernels: DeviceKernels<Omit<DeviceCall, 'where'>> = {
  forward(_, { device, step, sizes, tensors }) {
    const run = runOn(device, sizes, new Map());
    const results = step.plan.forward(run, givenOf(tensors, step.plan.graph));
    return { results, saved: [...step.held.map(run.get), ...listedTensors(tensors)] };
  },
  backward([dOutputs, ...dState], saved, { device, step: { plan, held }, sizes, tensors: like }) {
    return tidy(() => {
      const tensors = tensorsFrom(saved.slice(held.length), like);
      const inputs = namedTensors(tensors);
      const known = new Map(held.map((thing, i) => [thing, saved[i] as Tensor]));
      const found = plan.backward(runOn(device, sizes, known), { ...givenOf(tensors, plan.graph), dOutputs, dState });
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

const givenOf = (tensors: ScanTensors, graph: StepGraph): GivenTensors => ({
  ...tensors,
  tensors: tensorsByNode(tensors, graph),
});

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
