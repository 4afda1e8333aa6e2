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
import { type LanguageModel, type LanguageModelParams, languageModel } from './language-model.ts';

const MODEL = 'model.json';
const WEIGHTS = 'model.safetensors';
const FORMAT = 'elman-model';
const VERSION = 1;

/** What a folder holds. */
export interface SavedModel<P extends Tree, S extends Tree> {
  readonly model: LanguageModel<P, S>;
  readonly params: LanguageModelParams<P>;
  readonly tokenizer?: Tokenizer | undefined;
  /** Anything worth knowing: what it was trained on, its loss. */
  readonly metadata?: { readonly [key: string]: Json } | undefined;
}

/** How to load. */
export interface LoadModelOptions<P extends Tree, S extends Tree> {
  /** How packages of cells are found; default: `import`. A page gives `(name) => …` for the packages it bundles. */
  readonly importPackage?: ImportPackage | undefined;
  /** The model, made in code, where its cell has no recipe. */
  readonly model?: LanguageModel<P, S> | undefined;
}

type Description = {
  readonly format: string;
  readonly version: number;
  readonly model: Recipe | null;
  readonly tokenizer: Json;
  readonly metadata: { readonly [key: string]: Json };
};

/**
 * Saves a model as two files: `model.json` (how to make it, the tokenizer, metadata) and `model.safetensors` (its parameters).
 * The numbers are written first, each file whole or not at all.
 *
 * @throws {CheckpointError} if a file cannot be written.
 */
export async function saveModel<P extends Tree, S extends Tree>(
  storage: Storage,
  { model, params, tokenizer, metadata = {} }: SavedModel<P, S>,
): Promise<void> {
  if (tokenizer !== undefined && tokenizer.vocabSize !== model.vocabSize) {
    const sizes = `expected ${model.vocabSize} tokens, those of the model, got ${tokenizer.vocabSize}`;
    throw new OptionError(`saveModel: tokenizer: ${sizes}; give the one the model was made for.`);
  }
  const description: Description = {
    format: FORMAT,
    version: VERSION,
    model: model.recipe ?? null,
    tokenizer: tokenizer?.toJSON() ?? null,
    metadata,
  };
  await storage.write(WEIGHTS, await encodeSafetensors(params, {}, { checksum: true }));
  await storage.write(MODEL, new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`));
}

/**
 * Loads what `saveModel` saved, in Node or in a page. The parameters are the caller's to dispose.
 *
 * @throws {CheckpointError} naming the file, and the tensor, that is missing, damaged or of another model.
 * @throws {OptionError} if the package of the cell cannot be loaded.
 */
export async function loadModel<P extends Tree = Tree, S extends Tree = Tree>(
  storage: Storage,
  options: LoadModelOptions<P, S> = {},
): Promise<SavedModel<P, S>> {
  const where = storage.locate(MODEL);
  const description = parse(await storage.read(MODEL), where);
  const model =
    options.model ?? ((await remakeModel(description, where, options.importPackage)) as LanguageModel<P, S>);
  const tokenizer = description.tokenizer === null ? undefined : tokenizerFromJSON(description.tokenizer);
  if (tokenizer !== undefined && tokenizer.vocabSize !== model.vocabSize) {
    const sizes = `the tokenizer has ${tokenizer.vocabSize} tokens, the model ${model.vocabSize}`;
    throw new CheckpointError(`${where}: ${sizes}; they do not belong together.`);
  }
  const bytes = await storage.read(WEIGHTS);
  const like = tree.tidy(() => model.init(Rng.seeded(0)));
  try {
    const params = loadInto(like, decodeSafetensors(bytes, storage.locate(WEIGHTS)));
    return { model, params, tokenizer, metadata: description.metadata };
  } finally {
    tree.dispose(like);
  }
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
  const { format, version, model = null, tokenizer = null, metadata = {} } = found ?? {};
  if (format !== FORMAT) {
    throw new CheckpointError(`${where}: format: expected "${FORMAT}", got ${JSON.stringify(format) ?? 'none'}.`);
  }
  if (version !== VERSION) {
    throw new CheckpointError(`${where}: version: expected ${VERSION}, got ${version}; use the release that wrote it.`);
  }
  if (model !== null && !isRecipe(model)) {
    throw new CheckpointError(`${where}: model: expected a recipe or null, got ${JSON.stringify(model)}.`);
  }
  return { format, version, model, tokenizer, metadata };
}

async function remakeModel(description: Description, where: string, importPackage?: ImportPackage): Promise<unknown> {
  if (description.model === null) {
    throw new CheckpointError(
      `${where}: model: its cell has no recipe; make the model in code and give it as \`model\`.`,
    );
  }
  const model = await remake(description.model, importing(importPackage));
  if (typeof (model as Partial<LanguageModel<Tree, Tree>> | null)?.bind !== 'function') {
    throw new CheckpointError(
      `${where}: model: ${description.model.factory} made something that is no language model.`,
    );
  }
  return model;
}

/** This package is at hand; those it depends on are imported by literal names, which bundlers for pages understand. */
function importing(importPackage: ImportPackage | undefined): ImportPackage {
  const others = importPackage ?? ((name) => known[name]?.() ?? import(/* @vite-ignore */ name));
  return async (name) => (name === '@elman/models' ? { languageModel } : others(name));
}

const known: { readonly [name: string]: () => ReturnType<ImportPackage> } = {
  '@elman/cells': () => import('@elman/cells'),
  '@elman/rnn': () => import('@elman/rnn'),
};
