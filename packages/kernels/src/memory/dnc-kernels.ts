import { ElmanError } from '@elman/core';
import {
  engine,
  getGradient,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { noSecondGradient } from '../device-kernels.ts';
import { storages } from '../storage.ts';
import {
  type DncEngine,
  type DncInputs,
  type DncResults,
  type DncSizes,
  type DncState,
  type DncTrace,
  dncLeaves,
} from './dnc-engine.ts';
import { javascriptDnc } from './javascript-dnc.ts';

/** The attributes of a call: `forward` leaves its trace there for `backward`. */
type Call = { readonly sizes: DncSizes; trace?: DncTrace | undefined };

const engines = new WeakMap<object, DncEngine>();

function engineOf(backendName: string, backend: object): DncEngine {
  const known = engines.get(backend);
  if (known !== undefined) return known;
  const made = javascriptDnc((storages[backendName] as NonNullable<(typeof storages)[string]>)(backend));
  engines.set(backend, made);
  return made;
}

/** An access on the active backend, which must keep its tensors in the main memory. */
export function runDncAccess(sizes: DncSizes, inputs: DncInputs<Tensor>): DncResults<Tensor> {
  const { links } = sizes;
  const name = nameOf(links);
  register(engine().backendName, links);
  const names = ['command', ...dncLeaves(links), ...(inputs.real === undefined ? [] : ['real'])];
  const given = named(names, inputs) as NamedTensorMap;
  const results = engine().runKernel(name, given, { sizes } as unknown as NamedAttrMap) as unknown as Tensor[];
  return byName(['read', ...dncLeaves(links)], results) as unknown as DncResults<Tensor>;
}

/** Kernel name in tfjs's registry, which all copies of this package share; the number is its version. */
const nameOf = (links: boolean): string => (links ? 'ElmanDncAccess1' : 'ElmanUnlinkedDncAccess1');

/** The entries of a record that have these names. */
function named<T>(names: readonly string[], from: object): { [name: string]: T } {
  return Object.fromEntries(names.map((name) => [name, (from as { [name: string]: T })[name] as T]));
}

/** A record of values by name, in this order. */
function byName<T>(names: readonly string[], values: readonly T[]): { [name: string]: T } {
  return Object.fromEntries(names.map((name, i) => [name, values[i] as T]));
}

const inOrder = (names: readonly string[], from: object): TensorInfo[] => Object.values(named(names, from));

function register(backendName: string, links: boolean): void {
  const name = nameOf(links);
  const leaves = dncLeaves(links);
  const gradient = `${name}Grad`;
  const resultGradients = ['read', ...leaves].map((of) => `gradient of ${of}`);
  registerUnlessThere(name, backendName, ({ inputs, backend, attrs }) => {
    const call = attrs as unknown as Call;
    const made = engineOf(backendName, backend).forward(call.sizes, inputs as unknown as DncInputs<TensorInfo>);
    call.trace = made.trace;
    return inOrder(['read', ...leaves], made.results);
  });
  registerUnlessThere(gradient, backendName, ({ inputs, backend, attrs }) => {
    const { sizes, trace } = attrs as unknown as Call;
    if (trace === undefined)
      throw new ElmanError('dncAccess: expected one gradient of a call, got a second one of the same call.');
    const before = named<TensorInfo>(leaves, inputs) as unknown as DncState<TensorInfo>;
    const grads = byName(['read', ...leaves], inOrder(resultGradients, inputs));
    const made = engineOf(backendName, backend).backward(
      sizes,
      before,
      trace,
      grads as unknown as DncResults<TensorInfo>,
    );
    return inOrder(['command', ...leaves], made);
  });
  if (getGradient(name) === undefined) {
    registerGradient({
      kernelName: name,
      // The command is in the trace; it is an input so that a request for a second-order gradient is noticed.
      inputsToSave: ['command', ...leaves],
      gradFunc(dys, saved, attrs) {
        const inputs = { ...byName(['command', ...leaves], saved), ...byName(resultGradients, dys as Tensor[]) };
        const grads = engine().runKernel(gradient, inputs, attrs) as unknown as Tensor[];
        delete (attrs as unknown as Call).trace;
        return Object.fromEntries(['command', ...leaves].map((of, i) => [of, () => grads[i] as Tensor]));
      },
    });
  }
  if (getGradient(gradient) === undefined) {
    registerGradient({
      kernelName: gradient,
      gradFunc() {
        throw noSecondGradient('dncAccess');
      },
    });
  }
}

function registerUnlessThere(kernelName: string, backendName: string, kernelFunc: KernelConfig['kernelFunc']): void {
  if (getKernel(kernelName, backendName) === undefined) registerKernel({ kernelName, backendName, kernelFunc });
}
