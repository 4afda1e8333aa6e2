/** The counts of BLEU over a corpus. */
interface Counts {
  readonly matches: readonly number[];
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

interface Smoothing {
  readonly smooth: 'exp' | 'floor' | 'add-k' | 'none';
  readonly smoothValue: number | undefined;
  readonly effectiveOrder: boolean;
}

/** BLEU of counts; see `bleu`. Without any match it is 0, whatever the smoothing. */
export function bleuOf(
  { matches, totals, hypothesisLength, referenceLength }: Counts,
  { smooth, smoothValue = 0, effectiveOrder }: Smoothing,
): { readonly score: number; readonly precisions: number[]; readonly brevityPenalty: number } {
  let brevityPenalty = 1;
  if (hypothesisLength < referenceLength) {
    brevityPenalty = hypothesisLength > 0 ? Math.exp(1 - referenceLength / hypothesisLength) : 0;
  }
  const precisions = matches.map(() => 0);
  if (matches.every((count) => count === 0)) return { score: 0, precisions, brevityPenalty };

  let order = matches.length;
  let halved = 1;
  for (const i of precisions.keys()) {
    const added = smooth === 'add-k' && i > 0 ? smoothValue : 0;
    const [matched, total] = [(matches[i] as number) + added, (totals[i] as number) + added];
    if (total === 0) break;
    if (effectiveOrder) order = i + 1;
    if (matched > 0) precisions[i] = (100 * matched) / total;
    else if (smooth === 'exp') {
      halved *= 2;
      precisions[i] = 100 / (halved * total);
    } else if (smooth === 'floor') precisions[i] = (100 * smoothValue) / total;
  }
  const logs = precisions.slice(0, order).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { score: brevityPenalty * Math.exp(logs / order), precisions, brevityPenalty };
}
