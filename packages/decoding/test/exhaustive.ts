import type { BeamSearchOptions, Hypothesis } from '../src/index.ts';
import type { Last } from './table-model.ts';

type Options = Omit<BeamSearchOptions<Last>, 'model' | 'beamWidth'>;

/** All hypotheses of one prompt by brute force, best first, for comparison with a beam as wide as the space. */
export function exhaustive(table: readonly (readonly number[])[], row: number, options: Options): Hypothesis[] {
  const V = (table[0] as readonly number[]).length;
  const { maximumTokens, minimumTokens = 0, stop = [], banned = [], required = [], noRepeatNgram: n } = options;
  const { lengthPenalty = () => 1, processors = [] } = options;
  const prompt = [...(options.prompts[row] as number[])];
  const prefix = [...((options.prefix?.[row] ?? []) as number[])];
  const all: Hypothesis[] = [];
  const contains = (ids: readonly number[], sequence: readonly number[]) => `,${ids},`.includes(`,${sequence},`);

  const isAllowed = (ids: readonly number[], token: number): boolean => {
    const whole = [...prompt, ...ids];
    const longer = [...whole, token];
    if (stop.includes(token) && (ids.length < minimumTokens || required.some((one) => !contains(ids, one))))
      return false;
    if (banned.some((sequence) => `,${longer}`.endsWith(`,${sequence}`))) return false;
    if (n === undefined || stop.includes(token)) return true;
    return !contains(whole, longer.slice(-n)) || longer.length < n;
  };
  const grow = (ids: readonly number[], log: number): void => {
    const add = (logProbability: number, count: number, end?: number): void => {
      const score = logProbability / (count === 0 ? 1 : lengthPenalty(count));
      all.push({ ids, logProbability, score, isFinished: end !== undefined, ...(end === undefined ? {} : { end }) });
    };
    if (ids.length === maximumTokens) {
      if (required.every((one) => contains(ids, one))) add(log, ids.length);
      return;
    }
    const whole = [0, ...prompt, ...ids];
    const logits = table[(whole.at(-2) as number) * V + (whole.at(-1) as number)] as readonly number[];
    const floats = Float32Array.from(logits);
    const normalizer = Math.log(floats.reduce((sum, z) => sum + Math.exp(z), 0));
    let logs = Array.from(floats, (z) => z - normalizer);
    if (processors.length > 0) {
      let given = Float32Array.from(logs) as Float32Array;
      for (const process of processors) given = process(given, whole.slice(1));
      logs = [...given];
    }
    for (const [token, value] of logs.entries()) {
      const forced = prefix[ids.length];
      if (forced === undefined ? !isAllowed(ids, token) : token !== forced) continue;
      if (!(log + value > Number.NEGATIVE_INFINITY)) continue;
      if (stop.includes(token)) add(log + value, ids.length + 1, token);
      else grow([...ids, token], log + value);
    }
  };
  grow([], 0);
  return all.sort((a, b) => b.score - a.score);
}
