export { type GenerateOptions, generate } from './generate.ts';
export type { DecodingOptions } from './options.ts';
export {
  compose,
  type LogitsProcessor,
  repetitionPenalty,
  temperature,
  topK,
  topP,
} from './processors.ts';
export { type SampleOptions, sample } from './sample.ts';
