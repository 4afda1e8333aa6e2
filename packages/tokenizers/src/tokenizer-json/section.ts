import { DataError, shown } from '@elman/core';

/**
 * An object of a tokenizer.json, read field by field. `end` refuses unread fields: a feature that
 * is not known must not be ignored, since it would change the ids.
 */
export class Section {
  readonly where: string;
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();

  constructor(where: string, json: unknown) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new DataError(`tokenizers: ${where}: expected an object, got ${short(json)}; the file is damaged.`);
    }
    this.where = where;
    this.#fields = new Map(Object.entries(json));
  }

  /** The value of a field, of any type; undefined if it is missing. */
  any(name: string): unknown {
    this.#read.add(name);
    return this.#fields.get(name);
  }

  boolean(name: string, fallback?: boolean): boolean {
    const value = this.any(name) ?? fallback;
    return typeof value === 'boolean' ? value : this.damaged(name, 'true or false');
  }

  string(name: string, fallback?: string): string {
    const value = this.any(name) ?? fallback;
    if (typeof value !== 'string' || !isWellFormed(value)) this.damaged(name, 'a text');
    return value as string;
  }

  /** A single character, which is a Unicode code point. */
  character(name: string): string {
    const value = this.string(name);
    return Array.from(value).length === 1 ? value : this.damaged(name, 'one character');
  }

  list(name: string): readonly unknown[] {
    const value = this.any(name);
    return Array.isArray(value) ? value : this.damaged(name, 'a list');
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback?: T): T {
    const value = (this.any(name) ?? fallback) as T;
    return values.includes(value) ? value : this.damaged(name, `one of ${values.join(', ')}`);
  }

  /** Refuses a value of a field, or a part of it. */
  damaged(name: string, wanted: string, value: unknown = this.any(name)): never {
    const got = short(value);
    throw new DataError(`tokenizers: ${this.where}: ${name}: expected ${wanted}, got ${got}; the file is damaged.`);
  }

  /** Refuses features of Hugging Face's library that this package does not have. */
  unsupported(feature: string): never {
    throw new DataError(
      `tokenizers: ${this.where}: ${feature} is not supported, and without it the ids would differ; use a tokenizer without it.`,
    );
  }

  /** Refuses every field that was not read. */
  end(): void {
    for (const name of this.#fields.keys()) {
      if (!this.#read.has(name)) this.unsupported(`the field ${JSON.stringify(name)}`);
    }
  }
}

/**
 * Builds a section, such as a normalizer, by its `type`.
 * @throws {DataError} for an unknown type, and for a field that was not read.
 */
export function makeByType<T>(
  where: string,
  json: unknown,
  makers: { readonly [type: string]: (section: Section) => T },
): T {
  const section = new Section(where, json);
  const type = section.string('type');
  if (!Object.hasOwn(makers, type)) section.unsupported(`type ${type}`);
  const made = (makers[type] as (section: Section) => T)(section);
  section.end();
  return made;
}

const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);

function short(value: unknown): string {
  const json = value === undefined ? 'none' : shown(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
