import { DataError, OptionError } from '@elman/core';

/** The interval of the code is a whole number below 2⁴⁸, exact in a double, and at least 2⁴⁰ wide before a symbol. */
const WHOLE = 2 ** 48;
const NARROW = 2 ** 40;
/** The weight of the first of the six bytes. */
const TOP = 2 ** 40;
/** The highest total of frequencies: a symbol then has at least 2⁸ units. */
const HIGHEST_TOTAL = 2 ** 32;

/** Writes symbols as bytes. */
export interface RangeEncoder {
  /**
   * Writes the symbol that has the `frequency` numbers from `cumulative` on, of `total` in all.
   * @throws {OptionError} unless these are whole numbers, the frequency is at least 1, and the total at most 2³².
   */
  encode(cumulative: number, frequency: number, total: number): void;
  /** The bytes, after the last symbol. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Reads symbols from bytes. */
export interface RangeDecoder {
  /**
   * A number from 0 to below `total`: the next symbol is the one that has it.
   * @throws {DataError} if the bytes are none that an encoder writes for this total.
   */
  target(total: number): number;
  /** Goes on after that symbol, as `encode` did. */
  decode(cumulative: number, frequency: number, total: number): void;
}

/**
 * A range coder: an arithmetic coder that works on whole numbers and bytes. A symbol narrows the interval [low, low + range):
 *
 *   unit = ⌊range / total⌋,   low' = low + unit·cumulative,   range' = unit·frequency
 *
 * and when less than a byte of it is left to be decided, its first byte is written. The code is any number in the last
 * interval: the one with the fewest bytes, of which zeros at the end are left out. A symbol takes log₂(total/frequency)
 * bits, and at most total/2⁴⁰ more.
 *
 * @see Martin 1979; Rissanen 1976; Witten, Neal & Cleary 1987
 */
export function rangeEncoder(): RangeEncoder {
  let low = 0;
  let range = WHOLE;
  let bytes = new Uint8Array(1024);
  let length = 0;

  const add = (amount: number): void => {
    low += amount;
    if (low < WHOLE) return;
    low -= WHOLE;
    let at = length - 1;
    while (bytes[at] === 0xff) bytes[at--] = 0;
    bytes[at] = (bytes[at] as number) + 1;
  };
  const writeByte = (): void => {
    if (length === bytes.length) {
      const longer = new Uint8Array(2 * length);
      longer.set(bytes);
      bytes = longer;
    }
    const byte = Math.floor(low / TOP);
    bytes[length++] = byte;
    low = (low - byte * TOP) * 256;
  };

  return {
    encode(cumulative, frequency, total) {
      expectFrequency(cumulative, frequency, total);
      const unit = Math.floor(range / total);
      add(unit * cumulative);
      range = unit * frequency;
      while (range < NARROW) {
        writeByte();
        range *= 256;
      }
    },
    finish() {
      let more = 0;
      for (let step = WHOLE; ; step /= 256, more++) {
        const rounded = Math.ceil(low / step) * step;
        if (rounded >= low + range) continue;
        add(rounded - low);
        break;
      }
      for (let i = 0; i < more; i++) writeByte();
      while (length > 0 && bytes[length - 1] === 0) length--;
      return bytes.slice(0, length);
    },
  };
}

/** The decoder of what `rangeEncoder` wrote. What comes after the last byte is 0. */
export function rangeDecoder(bytes: Uint8Array): RangeDecoder {
  /** What is left of the code, less `low`. */
  let code = 0;
  let range = WHOLE;
  let at = 0;
  const readByte = (): void => {
    code = code * 256 + (bytes[at++] ?? 0);
  };
  for (let i = 0; i < 6; i++) readByte();

  return {
    target(total) {
      const target = Math.floor(code / Math.floor(range / total));
      if (target >= total) throw new DataError('rangeDecoder: expected bytes of a range coder with these frequencies.');
      return target;
    },
    decode(cumulative, frequency, total) {
      expectFrequency(cumulative, frequency, total);
      const unit = Math.floor(range / total);
      code -= unit * cumulative;
      range = unit * frequency;
      while (range < NARROW) {
        readByte();
        range *= 256;
      }
    },
  };
}

function expectFrequency(cumulative: number, frequency: number, total: number): void {
  const areWhole = Number.isInteger(cumulative) && Number.isInteger(frequency) && Number.isInteger(total);
  if (areWhole && cumulative >= 0 && frequency >= 1 && cumulative + frequency <= total && total <= HIGHEST_TOTAL)
    return;
  throw new OptionError(
    `rangeCoder: expected whole numbers, a frequency of at least 1 within a total of at most 2³², got ${frequency} from ${cumulative} of ${total}.`,
  );
}
