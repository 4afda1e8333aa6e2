import type { LineChart } from '@elman/charts';
import type { TextScore } from '@elman/metrics';
import { formatSeconds, optionName } from './format.ts';
import type { RunSettings } from './settings.ts';
import { markdown } from './tasks/table.ts';

/** What came out of a run, as JSON. */
export type TextResult = {
  readonly settings: RunSettings;
  /** Of training and validation. */
  readonly tokens: number;
  readonly updatesPerEpoch: number;
  readonly parameters: number;
  /** Of training alone. */
  readonly seconds: number;
  readonly date: string;
  readonly validation: TextScore | null;
  /** Of a corpus. */
  readonly test: TextScore | null;
  /** The loss on held-out text by update, nats per token. */
  readonly evaluations: readonly (readonly [step: number, loss: number])[];
};

const nameOf = ({ cell, layers, hidden }: RunSettings): string => `${cell} ${layers} × ${hidden}`;

function grouped(results: readonly TextResult[]): Map<string, TextResult[]> {
  const groups = new Map<string, TextResult[]>();
  for (const result of results) {
    const name = nameOf(result.settings);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return groups;
}

/** A row for each cell, layers and size, with the scores of all seeds. */
export function tableOf(results: readonly TextResult[]): string {
  const first = results[0] as TextResult;
  const groups = grouped(results);
  const head = ['cell', 'layers', 'units', 'parameters', 'validation', 'test', 'time'];
  const rows = [...groups.values()].map((runs) => {
    const { settings, parameters } = runs[0] as TextResult;
    const scores = (part: 'validation' | 'test'): string => runs.map((run) => scoreText(run[part])).join(', ');
    const times = runs.map(({ seconds }) => formatSeconds(seconds)).join(', ');
    const sizes = [`${settings.layers}`, `${settings.hidden}`, parameters.toLocaleString('en')];
    return [settings.cell, ...sizes, scores('validation'), scores('test'), times];
  });
  const { tokenizer, batch, window, updates, optimizer, learningRate, clip, dropout } = first.settings;
  const seeds = [...new Set(results.map(({ settings }) => settings.seed))].join(', ');
  const same = Object.entries({ tokenizer, batch, window, updates, optimizer, learningRate, clip, dropout });
  return `${markdown([head, ...rows])}\n\nSeeds ${seeds}; ${same.map(([name, value]) => `${optionName(name).slice(2)} ${value}`).join(', ')}.`;
}

/** Bits per character where it has those, else the perplexity. */
function scoreText(score: TextScore | null): string {
  if (score === null) return '';
  const { bitsPerCharacter, perplexity, loss } = score;
  if (bitsPerCharacter === null) return `perplexity ${perplexity.toFixed(1)}`;
  const isWordLike = loss / Math.LN2 > 1.5 * bitsPerCharacter;
  const bits = `${bitsPerCharacter.toFixed(3)} bits`;
  return isWordLike ? `perplexity ${perplexity.toFixed(1)}` : bits;
}

/** The held-out loss by update, each by its best seed. */
export function curvesOf(results: readonly TextResult[]): LineChart {
  const least = ({ evaluations }: TextResult): number => Math.min(...evaluations.map(([, loss]) => loss));
  const groups = grouped(results);
  return {
    kind: 'line',
    title: 'held-out loss by update',
    x: { label: 'update', from: 0 },
    y: { label: 'nats per token' },
    series: [...groups].map(([name, runs]) => {
      const best = runs.reduce((one, other) => (least(other) < least(one) ? other : one));
      return { name, points: best.evaluations.map(([step, loss]) => [step, loss] as const) };
    }),
  };
}
