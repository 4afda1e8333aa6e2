import type { Batch, Score, Task } from '@elman/core';

/**
 * The score of the input-blind prediction from the frequencies of targets at each frame, on the rows it was counted on: entropy
 * of ids and bits, variance of numbers (whose accuracy is not compared).
 */
export async function frequencies(task: Task, { targets, mask }: Batch): Promise<Score> {
  const [rows, time] = targets.shape as [number, number];
  const values = await targets.data();
  const counts = await mask?.data();
  const size = targets.size / (rows * time);
  let loss = 0;
  let accuracy = 0;
  let total = 0;
  for (let t = 0; t < time; t++) {
    for (let i = 0; i < size; i++) {
      const column: number[] = [];
      for (let row = 0; row < rows; row++) {
        if (counts !== undefined && counts[row * time + t] === 0) continue;
        column.push(values[(row * time + t) * size + i] as number);
      }
      total += column.length;
      if (task.targets === 'numbers') loss += sumOfSquares(column);
      else {
        const seen = new Map<number, number>();
        for (const value of column) seen.set(value, (seen.get(value) ?? 0) + 1);
        for (const often of seen.values()) loss -= often * Math.log(often / column.length);
        accuracy += Math.max(0, ...seen.values());
      }
    }
  }
  return { loss: loss / total, accuracy: accuracy / total };
}

function sumOfSquares(column: readonly number[]): number {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  return column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
