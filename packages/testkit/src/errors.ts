import { ElmanError } from '@elman/core';

/** A contract is violated; the message has the expected and the actual value. */
export class ConformanceError extends ElmanError {
  static override readonly kind: string = 'ConformanceError';
}
