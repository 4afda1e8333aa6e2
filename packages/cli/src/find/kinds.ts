import type { Factories } from '@elman/core';

/** What is found by its name on the command line. */
export type Wanted = 'attention' | 'cell' | 'memory' | 'optimizer' | 'task';

interface About {
  /** The command that lists them. */
  readonly command: string;
  /** What a list says above them: where they are typed. */
  readonly title: string;
  /** Those that are built in, by the names that are typed. */
  builtIn(): Promise<Factories>;
}

/** All kinds, in one form. */
export const KINDS: { readonly [kind in Wanted]: About } = {
  attention: {
    command: 'attention',
    title: 'Attentions, for --attention of elman translate',
    builtIn: async () => byShortName(plain((await import('@elman/attention')).factories)),
  },
  cell: {
    command: 'cells',
    title: 'Cells, for --cell',
    builtIn: async () => {
      const parts = await Promise.all([import('@elman/cells'), import('@elman/convolution'), import('@elman/rnn')]);
      return summarised(Object.assign({}, ...parts.map(({ factories }) => factories)));
    },
  },
  memory: {
    command: 'memories',
    title: 'Memories, after a plus (--cell lstm+ntmMemory)',
    builtIn: async () => (await import('@elman/memory')).factories,
  },
  optimizer: {
    command: 'optimizers',
    title: 'Optimizers, for --optimizer',
    builtIn: async () => (await import('@elman/optim')).factories,
  },
  task: {
    command: 'tasks',
    title: 'Tasks, for elman task NAME',
    builtIn: async () => (await import('@elman/tasks')).factories,
  },
};

/** Those that say what they are; those made of one cell or of a list come last. */
const summarised = (factories: Factories): Factories => {
  const all = Object.entries(factories).filter(([, { summary }]) => summary !== undefined);
  const isPlain = ([, { parts }]: (typeof all)[number]): boolean => parts === undefined;
  return Object.fromEntries([...all.filter(isPlain), ...all.filter((one) => !isPlain(one))]);
};

/** Without those that are made of others. */
const plain = (factories: Factories): Factories =>
  Object.fromEntries(Object.entries(factories).filter(([, { parts }]) => parts === undefined));

/** `additiveAttention` as `additive`. */
const byShortName = (factories: Factories): Factories =>
  Object.fromEntries(Object.entries(factories).map(([name, factory]) => [shortName(name), factory]));

/** The name of an attention as lists have it. */
export const shortName = (name: string): string => name.replace(/(?<=.)Attention$/, '');
