import { decodeSafetensors, encodeSafetensors, loadInto, type Storage } from '@elman/checkpoint';
import {
  CheckpointError,
  type ImportPackage,
  isRecipe,
  type Json,
  OptionError,
  type Recipe,
  Rng,
  remake,
  type Tree,
  tree,
} from '@elman/core';
import { type Tokenizer, tokenizerFromJSON } from '@elman/tokenizers';
import { factories, type Models } from './kinds.ts';

const MODEL = 'model.json';
const WEIGHTS = 'model.safetensors';
const FORMAT = 'elman-model';
const VERSION = 1;

/** A model that can be kept in a folder: any of this package, or one that somebody else has written. */
export interface KeptModel<P extends Tree = Tree> {
  readonly name: string;
  /** Without it the model can only be loaded by who makes it in code. */
  readonly recipe?: Recipe | undefined;
  /** How many tokens there are, where `tokenizer` is the one that makes them. */
  readonly vocabSize?: number | undefined;
  /** The same for each of `tokenizers`, where there are several. */
  readonly vocabularies?: { readonly [role: string]: number } | undefined;
  init(rng: Rng): P;
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
  /** How packages of cells are found; default: `import`. A page gives `(name) => …` for the packages it bundles. */
  readonly importPackage?: ImportPackage | undefined;
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
 * Saves a model as two files: `model.json` (how to make it, its tokenizers, metadata) and `model.safetensors` (its parameters).
 * The numbers are written first, each file whole or not at all.
 *
 * @throws {CheckpointError} if a file cannot be written.
 * @throws {OptionError} if a tokenizer does not belong to the model.
 */
export async function saveModel<M extends KeptModel>(
  storage: Storage,
  { model, params, tokenizer, tokenizers = {}, metadata = {} }: SavedModel<M>,
): Promise<void> {
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
  await storage.write(WEIGHTS, await encodeSafetensors(params, {}, { checksum: true }));
  await storage.write(MODEL, new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`));
}

/**
 * Loads what `saveModel` saved, in Node or in a page. The parameters are the caller's to dispose.
 *
 * @param kind the model that is expected there, by its name; default: `languageModel`.
 * @throws {CheckpointError} naming the file, and the tensor, that is missing, damaged or of another model.
 * @throws {OptionError} if the package of a part cannot be loaded.
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
  const description = parse(await storage.read(MODEL), where);
  const { kind = 'languageModel', importPackage } = options;
  const model = options.model ?? (await remakeModel(description, where, kind, importPackage));
  const tokenizer = description.tokenizer === null ? undefined : tokenizerFromJSON(description.tokenizer);
  const tokenizers = Object.fromEntries(
    Object.entries(description.tokenizers).map(([role, json]) => [role, tokenizerFromJSON(json)]),
  );
  const problem = misfit(model, tokenizer, tokenizers);
  if (problem !== undefined) throw new CheckpointError(`${where}: ${problem}; they do not belong together.`);
  const bytes = await storage.read(WEIGHTS);
  const like = tree.tidy(() => model.init(Rng.seeded(0)));
  try {
    const params = loadInto(like, decodeSafetensors(bytes, storage.locate(WEIGHTS)));
    return { model, params, tokenizer, tokenizers, metadata: description.metadata };
  } finally {
    tree.dispose(like);
  }
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
  let found: Partial<Description> | null = null;
  try {
    found = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new CheckpointError(`${where}: not JSON (${(error as Error).message}); save the model again.`, {
      cause: error,
    });
  }
  const { format, version, model = null, tokenizer = null, tokenizers = {}, metadata = {} } = found ?? {};
  if (format !== FORMAT) {
    throw new CheckpointError(`${where}: format: expected "${FORMAT}", got ${JSON.stringify(format) ?? 'none'}.`);
  }
  if (version !== VERSION) {
    throw new CheckpointError(`${where}: version: expected ${VERSION}, got ${version}; use the release that wrote it.`);
  }
  if (model !== null && !isRecipe(model)) {
    throw new CheckpointError(`${where}: model: expected a recipe or null, got ${JSON.stringify(model)}.`);
  }
  return { format, version, model, tokenizer, tokenizers, metadata };
}

async function remakeModel(
  description: Description,
  where: string,
  kind: keyof Models,
  importPackage?: ImportPackage,
): Promise<KeptModel> {
  if (description.model === null) {
    throw new CheckpointError(
      `${where}: model: its cell has no recipe; make the model in code and give it as \`model\`.`,
    );
  }
  const model = (await remake(description.model, importing(importPackage))) as Partial<KeptModel> | null;
  if (typeof model?.init !== 'function' || model.name !== kind) {
    throw new CheckpointError(
      `${where}: model: expected a ${kind}, got what ${description.model.factory} of ${description.model.package} makes.`,
    );
  }
  return model as KeptModel;
}

/** This package is at hand; those it depends on are imported by literal names, which bundlers for pages understand. */
function importing(importPackage: ImportPackage | undefined): ImportPackage {
  const others = importPackage ?? ((name) => known[name]?.() ?? import(/* @vite-ignore */ name));
  return async (name) => (name === '@elman/models' ? factories : others(name));
}

const known: { readonly [name: string]: () => ReturnType<ImportPackage> } = {
  '@elman/attention': () => import('@elman/attention'),
  '@elman/cells': () => import('@elman/cells'),
  '@elman/rnn': () => import('@elman/rnn'),
};
