import { OptionError, ShapeError } from '@elman/core';
import { expectRecord, type NamedWeights } from './weights.ts';

/** Which weights of a `state_dict` to take. */
export type StateDictOptions = {
  /** From 0. Needed if there are several. */
  readonly layer?: number | undefined;
  /** The backward direction of a bidirectional layer; by default the forward one. */
  readonly reverse?: boolean | undefined;
  /** The prefix of the module's names in a larger `state_dict`: `encoder.lstm` for `encoder.lstm.weight_ih_l0`. */
  readonly prefix?: string | undefined;
};

const NAMES = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];
const IN_LAYER = /^(\w+?)_l(\d+)(_reverse)?$/;

/**
 * The weights of one layer in one direction without their suffix, from names such as `weight_ih_l0` and
 * `weight_hh_l1_reverse`. Names without a suffix, as a `torch.nn.LSTMCell` has them, are those of the only layer.
 *
 * @throws {ShapeError} if a name is neither, or the layer is missing; {OptionError} if there are several and none is given.
 */
export function layerOf(where: string, given: NamedWeights, options: StateDictOptions): NamedWeights {
  const { layer, reverse, prefix = '' } = options;
  expectRecord(where, given, NAMES);
  const start = prefix === '' || prefix.endsWith('.') ? prefix : `${prefix}.`;
  const layers = new Map<string, { [name: string]: NamedWeights[string] }>();
  for (const [whole, weight] of Object.entries(given)) {
    if (!whole.startsWith(start) || weight === undefined) continue;
    const name = whole.slice(start.length);
    const [, bare = name, number, backwards = ''] = IN_LAYER.exec(name) ?? [];
    if (!NAMES.includes(bare)) throw new ShapeError(`${where}: ${whole}: ${adviceFor(bare, name)}`);
    const key = number === undefined ? '' : `_l${number}${backwards}`;
    layers.set(key, { ...layers.get(key), [bare]: weight });
  }
  if (layers.size === 0) {
    const names = Object.keys(given).slice(0, 5).join(', ') || 'nothing';
    throw new ShapeError(`${where}: ${start}weight_ih_l0: missing; got ${names}.`);
  }
  const keys = [...layers.keys()].map((key) => key || 'no suffix').join(', ');
  const depth = new Set([...layers.keys()].map((key) => key.replace('_reverse', ''))).size;
  if (layer === undefined && (depth > 1 || (layers.size > 1 && reverse === undefined))) {
    throw new OptionError(
      `${where}: layer: expected one of ${keys}, got none; say which: { layer: 0, reverse: false }, for one.`,
    );
  }
  if (layer === undefined && reverse === undefined) return [...layers.values()][0] as NamedWeights;
  const key = `_l${layer ?? 0}${reverse === true ? '_reverse' : ''}`;
  const found = layers.get(key) ?? (key === '_l0' ? layers.get('') : undefined);
  if (found === undefined) {
    throw new ShapeError(`${where}: ${start}weight_ih${key}: missing; there are weights of ${keys}.`);
  }
  return found;
}

function adviceFor(bare: string, name: string): string {
  if (bare === 'weight_hr') return 'an LSTM with projections (proj_size) has no counterpart here.';
  const dot = name.lastIndexOf('.');
  if (dot >= 0)
    return `not expected; for weights under a module's name say which: { prefix: '${name.slice(0, dot)}' }.`;
  return `not expected; the weights are ${NAMES.join(', ')}, with or without a suffix such as _l0 or _l0_reverse.`;
}
