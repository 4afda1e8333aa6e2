import type { Rng } from '@elman/core';
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { type Draws, NotCompilable, type RngOperation } from '../graph.ts';
import { currentLine } from './line.ts';
import type { Recorder } from './recorder.ts';

/** What a generator of random numbers can do. */
type Generator = { [Method in keyof Rng]: Rng[Method] };

/** In place of the generator of a frame: its tensors are nodes, drawn when the sequence runs. */
export function recordingRng(recorder: Recorder): Rng {
  return new RecordingRng(recorder, []) as unknown as Rng;
}

class RecordingRng implements Generator {
  readonly #recorder: Recorder;
  readonly #operations: readonly RngOperation[];

  constructor(recorder: Recorder, operations: readonly RngOperation[]) {
    this.#recorder = recorder;
    this.#operations = operations;
  }

  fork(label: number | string): Rng {
    return this.#after({ kind: 'fork', label });
  }

  frame(t: number): Rng {
    return this.#after({ kind: 'frame', t });
  }

  sequence(): Rng {
    return this.#after({ kind: 'sequence' });
  }

  tensor(shape: readonly number[], draw: (rng: Rng) => number, dtype: 'float32' | 'int32' = 'float32'): Tensor {
    const draws = { operations: this.#operations, draw };
    const made = this.#recorder.add('Noise', [], { shape: [...shape], dtype, draws });
    this.#recorder.noise.push(made);
    return engine().makeTensorFromTensorInfo(this.#recorder.infoOf(made));
  }

  bits(): never {
    return this.#refuse('bits');
  }

  uniform(): never {
    return this.#refuse('uniform');
  }

  integer(): never {
    return this.#refuse('integer');
  }

  normal(): never {
    return this.#refuse('normal');
  }

  exponential(): never {
    return this.#refuse('exponential');
  }

  categorical(): never {
    return this.#refuse('categorical');
  }

  permutation(): never {
    return this.#refuse('permutation');
  }

  position(): never {
    return this.#refuse('position');
  }

  #after(operation: RngOperation): Rng {
    return new RecordingRng(this.#recorder, [...this.#operations, operation]) as unknown as Rng;
  }

  #refuse(method: string): never {
    const why = 'the step draws numbers itself; make noise with rng.tensor(shape, draw)';
    throw new NotCompilable(why, `rng.${method}`, currentLine());
  }
}

/** The generator that noise is drawn from, given the one of the frame, `rng.frame(t)`. */
export function drawsOf({ operations }: Draws, rng: Rng): Rng {
  let at = rng;
  for (const operation of operations) {
    if (operation.kind === 'fork') at = at.fork(operation.label);
    else if (operation.kind === 'frame') at = at.frame(operation.t);
    else at = at.sequence();
  }
  return at;
}

/** Whether the draws are the same at every frame: they come from `rng.sequence()`. */
export function isConstantOverTime({ operations }: Draws): boolean {
  return operations.find(({ kind }) => kind !== 'fork')?.kind === 'sequence';
}
