import {
  decodeSafetensors,
  encodeSafetensors,
  type Files,
  loadInit,
  readTogether,
  type Storage,
  writeTogether,
} from '@elman/checkpoint';
import {
  CheckpointError,
  isRecipe,
  type Json,
  loading,
  OptionError,
  parseJson,
  type Recipe,
  type Rng,
  remake,
  type Tree,
  type Trust,
  trustMap,
} from '@elman/core';
import { type Tokenizer, tokenizerFromJSON } from '@elman/tokenizers';
import { builtIn } from './built-in.ts';
import { factories, type Models } from './kinds.ts';
import { stateShapes } from './state-shapes.ts';

const MODEL = 'model.json';
const WEIGHTS = 'model.safetensors';
const FORMAT = 'elman-model';
const VERSION = 1;

/** A model that can be kept in a folder: any of this package, or a third-party one. */
export interface KeptModel<P extends Tree = Tree> {
  readonly name: string;
  /** Without it the model can only be loaded by who makes it in code. */
  readonly recipe?: Recipe | undefined;
  /** How many tokens there are, where `tokenizer` is the one that makes them. */
  readonly vocabSize?: number | undefined;
  /** The same for each of `tokenizers`, where there are several. */
  readonly vocabularies?: { readonly [role: string]: number } | undefined;
  init(rng: Rng): P;
  /** The state before the first frame, where the model has one. */
  initialState?(batchSize: number): Tree;
}

/** What a folder holds. */
export interface SavedModel<M extends KeptModel> {
  readonly model: M;
  readonly params: ReturnType<M['init']>;
  readonly tokenizer?: Tokenizer | undefined;
  /** Where there are several: by what their tokens are, `source` and `target`, say. */
  readonly tokenizers?: { readonly [role: string]: Tokenizer } | undefined;
  /** Anything worth knowing: what it was trained on, its loss. */
  readonly metadata?: { readonly [key: string]: Json } | undefined;
}

/** How to load. */
export interface LoadModelOptions<M extends KeptModel> {
  /**
   * Third-party packages that the file may name, whose code then runs; default: none. In Node a list of names,
   * `['elman-cell-x']`; in a page, and where packages are bundled, what they export: `{ 'elman-cell-x': { minGru } }`.
   */
  readonly trust?: Trust | undefined;
  /** The model, made in code, where its parts have no recipe. */
  readonly model?: M | undefined;
}

type Description = {
  readonly format: string;
  readonly version: number;
  readonly model: Recipe | null;
  readonly tokenizer: Json;
  readonly tokenizers: { readonly [role: string]: Json };
  readonly metadata: { readonly [key: string]: Json };
};

/**
 * Saves a model as `model.json` (how to make it, its tokenizers, metadata) and `model.safetensors` (its parameters), with
 * `manifest.json`, which has their lengths and checksums. Whatever stops it, the folder has the model from before or
 * this one, never parts of both. Other files that the manifest names stay in it.
 *
 * @throws {CheckpointError} if a file cannot be written, or a parameter is not finite; what was there stays.
 * @throws {OptionError} if a tokenizer does not belong to the model.
 */
export async function saveModel<M extends KeptModel>(storage: Storage, saved: SavedModel<M>): Promise<void> {
  await writeTogether(storage, await modelFiles(saved));
}

/**
 * The files of a model, for `writeTogether` or `saveTraining` to save with others.
 *
 * @throws {CheckpointError} if a parameter is not finite; {OptionError} if a tokenizer does not belong to the model.
 */
export async function modelFiles<M extends KeptModel>({
  model,
  params,
  tokenizer,
  tokenizers = {},
  metadata = {},
}: SavedModel<M>): Promise<Files> {
  const problem = misfit(model, tokenizer, tokenizers);
  if (problem !== undefined) throw new OptionError(`saveModel: ${problem}; give the one the model was made for.`);
  const description: Description = {
    format: FORMAT,
    version: VERSION,
    model: model.recipe ?? null,
    tokenizer: tokenizer?.toJSON() ?? null,
    tokenizers: Object.fromEntries(Object.entries(tokenizers).map(([role, made]) => [role, made.toJSON()])),
    metadata,
  };
  return {
    [WEIGHTS]: await encodeSafetensors(params, {}, { checksum: true, finite: true, where: 'saveModel' }),
    [MODEL]: new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`),
  };
}

/**
 * Loads what `saveModel` saved, in Node or in a page. The parameters are the caller's to dispose.
 *
 * A file is data: it chooses among the factories of `@elman/attention`, `cells`, `memory`, `models` and `rnn`, each
 * where a thing of its kind is expected, and of the packages in `trust`. Nothing else is imported or called
 * (docs/security.md).
 *
 * @param kind the model that is expected there, by its name; default: `languageModel`.
 * @throws {CheckpointError} naming the file, and the tensor, that is missing, damaged or of another model.
 * @throws {TrustError} naming the packages that it needs and that are not trusted.
 * @throws {OptionError} naming what is no factory of the kind that is expected, or a package that cannot be loaded.
 */
export async function loadModel<M extends KeptModel>(
  storage: Storage,
  options: LoadModelOptions<M> & { readonly model: M },
): Promise<SavedModel<M>>;
export async function loadModel<K extends keyof Models = 'languageModel'>(
  storage: Storage,
  options?: LoadModelOptions<Models[K]> & { readonly kind?: K | undefined },
): Promise<SavedModel<Models[K]>>;
export async function loadModel(
  storage: Storage,
  options: LoadModelOptions<KeptModel> & { readonly kind?: keyof Models | undefined } = {},
): Promise<SavedModel<KeptModel>> {
  const where = storage.locate(MODEL);
  const files = await readTogether(storage, [MODEL, WEIGHTS]);
  return loading({ where, wanted: 'a model', advice: 'save it again' }, () => modelOf(storage, files, options));
}

async function modelOf(
  storage: Storage,
  files: { readonly [name in typeof MODEL | typeof WEIGHTS]: Uint8Array },
  {
    kind = 'languageModel',
    trust,
    model: given,
  }: LoadModelOptions<KeptModel> & { readonly kind?: keyof Models | undefined },
): Promise<SavedModel<KeptModel>> {
  const where = storage.locate(MODEL);
  const description = parse(files[MODEL], where);
  const model = given ?? (await remakeModel(description, where, kind, trust));
  const tokenizer = description.tokenizer === null ? undefined : tokenizerFromJSON(description.tokenizer);
  const tokenizers = Object.fromEntries(
    Object.entries(description.tokenizers).map(([role, json]) => [role, tokenizerFromJSON(json)]),
  );
  const problem = misfit(model, tokenizer, tokenizers);
  if (problem !== undefined) throw new CheckpointError(`${where}: ${problem}; they do not belong together.`);
  const file = decodeSafetensors(files[WEIGHTS], storage.locate(WEIGHTS), { checksum: true });
  // The sizes of a memory are in its state, and may be in no parameter.
  if (model.initialState !== undefined) stateShapes(where, model as Required<KeptModel>);
  const params = loadInit((rng) => model.init(rng), file, { where });
  return { model, params, tokenizer, tokenizers, metadata: description.metadata };
}

/** What is wrong with the tokenizers of a model. */
function misfit(
  { vocabSize, vocabularies = {} }: KeptModel,
  tokenizer: Tokenizer | undefined,
  tokenizers: { readonly [role: string]: Tokenizer },
): string | undefined {
  type Given = readonly [role: string, tokenizer: Tokenizer, wanted: number | undefined];
  const given: Given[] = Object.entries(tokenizers).map(([role, one]) => [
    `${role} tokenizer`,
    one,
    vocabularies[role],
  ]);
  if (tokenizer !== undefined) given.push(['tokenizer', tokenizer, vocabSize]);
  const wrong = given.find(([, one, wanted]) => one.vocabSize !== wanted);
  if (wrong === undefined) return undefined;
  const [role, one, wanted] = wrong;
  return `${role}: expected ${wanted ?? 'none'}${wanted === undefined ? '' : ' tokens, those of the model'}, got ${one.vocabSize}`;
}

function parse(bytes: Uint8Array, where: string): Description {
  const found = parseJson(bytes, { where, advice: 'save the model again' }) as Partial<Description> | null;
  const { format, version, model = null, tokenizer = null, tokenizers = {}, metadata = {} } = found ?? {};
  if (format !== FORMAT) {
    throw new CheckpointError(`${where}: format: expected "${FORMAT}", got ${shown(format)}.`);
  }
  if (version !== VERSION) {
    throw new CheckpointError(
      `${where}: version: expected ${VERSION}, got ${shown(version)}; use the release that wrote it.`,
    );
  }
  if (model !== null && !isRecipe(model)) {
    throw new CheckpointError(`${where}: model: expected a recipe or null, got ${sortOf(model)}.`);
  }
  for (const [key, value] of Object.entries({ tokenizers, metadata })) {
    if (sortOf(value) !== 'an object') {
      throw new CheckpointError(`${where}: ${key}: expected an object, got ${sortOf(value)}.`);
    }
  }
  return { format, version, model, tokenizer, tokenizers, metadata };
}

/** A value of a file as an error shows it: texts and numbers as they are, of all else what it is. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return typeof value === 'number' ? `${value}` : sortOf(value);
}

function sortOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a${typeof value === 'object' ? 'n' : ''} ${typeof value}`;
}

async function remakeModel(
  { model: recipe }: Description,
  where: string,
  kind: keyof Models,
  trust?: Trust,
): Promise<KeptModel> {
  if (recipe === null) {
    throw new CheckpointError(
      `${where}: model: its cell has no recipe; make the model in code and give it as \`model\`.`,
    );
  }
  const isOurs = recipe.package === '@elman/models' && Object.hasOwn(factories, recipe.factory);
  if (isOurs && recipe.factory !== kind) throw otherModel(where, kind, recipe.factory);
  const options = { kind: 'model', where: `${where}: model`, trust: { ...builtIn, ...trustMap(trust) } } as const;
  const model = (await remake(recipe, options)) as KeptModel;
  if (model.name !== kind) throw otherModel(where, kind, `${model.name}`);
  return model;
}

const otherModel = (where: string, wanted: string, got: string): CheckpointError =>
  new CheckpointError(`${where}: model: expected a ${wanted}, got a ${got}; load it with kind: '${got}'.`);
