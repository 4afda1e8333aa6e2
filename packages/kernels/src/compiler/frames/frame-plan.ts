import { type Buffer, type Plan, type Section, targetsOf } from '../plan/plan.ts';
import { lifetimesOf } from '../run/layout.ts';
import { dependsOnInputAlone } from '../run/lookup.ts';

/** A section of a plan, with the name of its function. */
export type NamedSection = { readonly name: string; readonly section: Section };

/** A plan without gradients, as it runs frame by frame. */
export type FramePlan = {
  readonly plan: Plan;
  /** What is the same at all frames: once for a sequence. */
  readonly once: readonly NamedSection[];
  /** What depends on the input alone. */
  readonly ofInput: readonly NamedSection[];
  /** The rest. */
  readonly rest: readonly NamedSection[];
  /** The buffers of `ofInput`, the input among them. */
  readonly inputBuffers: readonly Buffer[];
  /** What `rest` reads of the input and of what depends on it alone. */
  readonly gathered: readonly Buffer[];
  /** Buffers that keep their values from frame to frame: states, and what is the same at all frames. */
  readonly lasting: readonly Buffer[];
  /** Those that are in use within a frame. */
  readonly all: readonly Buffer[];
};

/** Sorts the sections of a plan by when they have to run. */
export function framePlanOf(plan: Plan): FramePlan {
  const named = plan.forward.map((section, i): NamedSection => ({ name: `forward${i}`, section }));
  const once = named.filter(({ section }) => section.kind === 'once');
  const each = named.filter(({ section }) => section.kind !== 'once');
  const [first] = each;
  const ofInput = first !== undefined && dependsOnInputAlone(first.section, plan) ? [first] : [];
  const rest = each.slice(ofInput.length);
  const read = new Set([plan.output.buffer, ...rest.flatMap(({ section }) => placesOf(section))]);
  const made = ofInput.flatMap(({ section }) => [...placesOf(section), ...targets(section)]);
  const inputBuffers = [...new Set([plan.input, ...made])].filter(({ kind }) => kind !== 'shared');
  const all = [...lifetimesOf(plan, false, new Set()).keys()];
  return {
    plan,
    once,
    ofInput,
    rest,
    inputBuffers,
    gathered: inputBuffers.filter((buffer) => buffer.kind === 'frames' && read.has(buffer)),
    lasting: all.filter(({ kind }) => kind === 'states' || kind === 'constant'),
    all,
  };
}

const placesOf = ({ places }: Section): Buffer[] => [...places.values()].map(({ buffer }) => buffer);
const targets = ({ steps }: Section): Buffer[] => steps.flatMap(targetsOf);
