import {
  type BackendValues,
  type DataType,
  KernelBackend,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type Node, NotCompilable, node, type Values } from '../graph.ts';
import type { IsOutside } from './isolate.ts';
import { currentLine } from './line.ts';

/** Inputs of a new node: by name, or a list. */
export type Inputs = { readonly [name: string]: Node } | readonly Node[];

/** Shape, dtype and the like of a new node. */
export type Made = Pick<Node, 'shape' | 'dtype'> & Partial<Pick<Node, 'attrs' | 'out' | 'values' | 'draws' | 'label'>>;

const isList = (inputs: Inputs): inputs is readonly Node[] => Array.isArray(inputs);

/** A backend of TensorFlow.js whose tensors have no numbers: its kernels record nodes. */
export class Recorder extends KernelBackend {
  /** Tensors of other backends that were used. */
  readonly captured: Map<Tensor, Node> = new Map();
  /** Tensors of noise, in the order in which they were drawn. */
  readonly noise: Node[] = [];
  /** The line of the op whose gradient is being computed. */
  line: string | undefined;
  /** Whether the step is running: its own calls are on the stack. */
  isForward = false;
  /** Whether a tensor that was not made here has data. */
  isOutside: IsOutside = () => true;
  /** A reason not to compile that could not be thrown where it was found. */
  refusal: NotCompilable | undefined;
  readonly #nodes: WeakMap<object, Node> = new WeakMap();
  readonly withLines: boolean;

  constructor(withLines: boolean) {
    super();
    this.withLines = withLines;
  }

  /** Records a node. */
  add(op: string, inputs: Inputs, { attrs = {}, ...made }: Made): Node {
    if (made.dtype === 'string' || made.dtype === 'complex64') this.refuse(op, `${made.dtype} has no compiled form`);
    const [names, from] = isList(inputs) ? [undefined, inputs] : [Object.keys(inputs), Object.values(inputs)];
    const line = this.withLines && this.isForward ? currentLine() : this.line;
    return node({ op, inputs: from, names, attrs, perRow: false, line, ...made });
  }

  constant(values: Values, shape: readonly number[], dtype: DataType): Node {
    return this.add('Const', [], { shape, dtype, values });
  }

  /** @throws {NotCompilable} */
  refuse(op: string, why: string): never {
    throw new NotCompilable(why, op, this.line);
  }

  /** The node of a tensor. */
  nodeOf(tensor: TensorInfo): Node {
    const known = this.#nodes.get(tensor.dataId) ?? this.captured.get(tensor as Tensor);
    if (known !== undefined) return known;
    if (!this.isOutside(tensor.dataId)) {
      this.refuse('a tensor', 'it was disposed of, or made by another call of step; keep no tensors between calls');
    }
    const { shape, dtype } = tensor;
    const made = this.add('Input', [], { shape, dtype, label: 'a tensor made outside of the step' });
    this.captured.set(tensor as Tensor, made);
    return made;
  }

  /** What the engine makes a tensor of. */
  infoOf(of: Node): TensorInfo {
    const dataId = {};
    this.#nodes.set(dataId, of);
    return { dataId, shape: [...of.shape], dtype: of.dtype };
  }

  /** The nodes of a kernel's inputs. */
  inputsOf(given: NamedTensorInfoMap): Inputs {
    if (Array.isArray(given)) return given.map((tensor: TensorInfo) => this.nodeOf(tensor));
    const there = Object.entries(given).filter(([, tensor]) => tensor != null);
    return Object.fromEntries(there.map(([name, tensor]) => [name, this.nodeOf(tensor as TensorInfo)]));
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const { dataId } = this.infoOf(this.constant(values.slice() as Values, [...shape], dtype));
    return dataId;
  }

  override readSync(): never {
    this.refuse('dataSync', 'the step reads numbers, which are not known before it runs; compute with ops instead');
  }

  /** Not thrown: a rejection that nobody awaits would end the process. */
  override read(): Promise<never> {
    const why = 'the step reads numbers, which are not known before it runs; compute with ops instead';
    this.refusal ??= new NotCompilable(why, 'data', currentLine());
    return new Promise(() => {});
  }

  override numDataIds(): number {
    return 0;
  }

  override incRef(): void {}

  override refCount(): number {
    return 1;
  }

  /** Tensors are disposed of in name only: a tape may still need their nodes. */
  override disposeData(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}
