import { ElmanError } from '@elman/core';

/** Something does not keep its contract; the message says what was wanted and what was found. */
export class ConformanceError extends ElmanError {
  static override readonly kind: string = 'ConformanceError';
}
