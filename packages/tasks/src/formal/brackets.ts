import type { Rng } from '@elman/core';

/** The operators between two expressions in brackets. */
export type Operator = '+' | '-' | '*';

/** A random expression and its value. */
export interface Expression {
  readonly symbols: readonly string[];
  readonly value: number;
}

/**
 * A random expression of exactly this length over the whole numbers below a modulus.
 *
 *   length 1 to 4     n, -n, (n), (-n)
 *   longer            (left operator right), the remaining length split between them, each split and operator equally likely
 *
 *   ((2-4)*(-1))
 */
export function bracketed(rng: Rng, length: number, modulus: number, operators: readonly Operator[]): Expression {
  const symbols: string[] = [];
  const write = (room: number): number => {
    if (room <= 4) {
      const number = rng.integer(modulus);
      const [sign, value] = room % 2 === 0 ? (['-', (modulus - number) % modulus] as const) : (['', number] as const);
      symbols.push(...(room > 2 ? '(' : ''), ...sign, String(number), ...(room > 2 ? ')' : ''));
      return value;
    }
    symbols.push('(');
    const cut = 1 + rng.integer(room - 4);
    const operator = operators[rng.integer(operators.length)] as Operator;
    const left = write(cut);
    symbols.push(operator);
    const right = write(room - 3 - cut);
    symbols.push(')');
    return operate(left, operator, right, modulus);
  };
  const value = write(length);
  return { symbols, value };
}

function operate(left: number, operator: Operator, right: number, modulus: number): number {
  if (operator === '*') return (left * right) % modulus;
  return (left + (operator === '+' ? right : modulus - right)) % modulus;
}

/** The exact probability of each value of `bracketed`, from those of all shorter lengths, which are kept in `known`. */
export function valueChances(
  length: number,
  modulus: number,
  operators: readonly Operator[],
  known: number[][],
): readonly number[] {
  for (let room = known.length; room <= length; room++) {
    const values = Array<number>(modulus).fill(room <= 4 ? 1 / modulus : 0);
    for (let cut = 1; cut <= room - 4; cut++) {
      for (const [left, some] of (known[cut] as number[]).entries()) {
        for (const [right, others] of (known[room - 3 - cut] as number[]).entries()) {
          for (const operator of operators) {
            const share = (some * others) / (operators.length * (room - 4));
            (values[operate(left, operator, right, modulus)] as number) += share;
          }
        }
      }
    }
    known.push(values);
  }
  return known[length] as number[];
}
