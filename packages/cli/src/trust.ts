import { isPackageName, TrustError } from '@elman/core';
import { type KeptModel, loadModel, packagesToTrust } from '@elman/models';

/** Options of a command that loads a model. */
export interface TrustArguments {
  /** Packages that the model may name. */
  readonly trust?: readonly string[];
  /** The cell that was named, whose package is trusted too. */
  readonly cell?: string;
}

/** The packages whose code a person wants to run, by naming them. */
export async function trustedPackages({ trust = [], cell = '' }: TrustArguments): Promise<readonly string[]> {
  const { factories } = await import('@elman/cells');
  const [from = ''] = cell.split(/[+:]/);
  const isForeign = isPackageName(from) && !Object.hasOwn(factories, from);
  return isForeign ? [...trust, from] : trust;
}

/** `loadModel`; what it says of packages that are not trusted says how to trust them on the command line. */
export const loadTrusted: typeof loadModel = async (...given: Parameters<typeof loadModel>) => {
  try {
    return await loadModel(...given);
  } catch (error) {
    if (!TrustError.isInstance(error)) throw error;
    const flags = error.packages.slice(0, 3).map((name) => `--trust ${name}`);
    throw new TrustError(error.finding, error.packages, flags.join(' '));
  }
};

/** The options without which a model with parts of other packages is not loaded. */
export function trustOptions(model: KeptModel): string[] {
  return packagesToTrust(model).flatMap((name) => ['--trust', name]);
}
