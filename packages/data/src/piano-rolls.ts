import { DataError, parseJson } from '@elman/core';

/** A piece: for each frame the keys of a piano that sound, from 0, the lowest, to 87. */
export type PianoRoll = readonly (readonly number[])[];

/** Pieces of music, in the parts of which figures are published. */
export type PianoRolls = {
  readonly train: readonly PianoRoll[];
  readonly validation: readonly PianoRoll[];
  readonly test: readonly PianoRoll[];
};

/** Keys of a piano. */
const KEYS = 88;

/** The names of the validation part in files. */
const NAMES = { train: ['train'], validation: ['valid', 'validation'], test: ['test'] } as const;

/**
 * Reads polyphonic music in JSON, `{ train, valid, test }`: pieces of frames of keys, as JSB Chorales, Nottingham, MuseData and
 * Piano-midi.de are distributed (Boulanger-Lewandowski, Bengio & Vincent 2012).
 *
 * @param firstKey the number of the lowest key: 0, or 21 where keys are MIDI's numbers.
 * @throws {DataError} if the text is something else, a key is none of the 88, or a piece has fewer than two frames.
 */
export function readPianoRolls(
  text: string,
  { firstKey = 0, where = 'data: piano rolls' }: { readonly firstKey?: 0 | 21; readonly where?: string } = {},
): PianoRolls {
  const found = parseJson(text, { where, advice: 'give { train, valid, test }, lists of pieces', Type: DataError }) as {
    readonly [name: string]: unknown;
  } | null;
  const part = (name: keyof typeof NAMES): PianoRoll[] => {
    const key = NAMES[name].find((key) => found !== null && typeof found === 'object' && Array.isArray(found[key]));
    const pieces = key === undefined ? undefined : found?.[key];
    if (!Array.isArray(pieces) || pieces.length === 0) {
      throw new DataError(`${where}: expected { train, valid, test }, lists of pieces, got no ${NAMES[name][0]}.`);
    }
    return pieces.map((piece, i) => checkedPiece(`${where}: ${key} ${i}`, piece, firstKey));
  };
  return { train: part('train'), validation: part('validation'), test: part('test') };
}

function checkedPiece(where: string, piece: unknown, firstKey: number): PianoRoll {
  if (!Array.isArray(piece) || piece.length < 2) {
    throw new DataError(`${where}: expected two frames or more, of which one is predicted; leave the piece out.`);
  }
  return piece.map((frame: unknown, t) => {
    if (!Array.isArray(frame)) throw new DataError(`${where}: frame ${t}: expected a list of keys, [] for none.`);
    return frame.map((given: unknown) => {
      const key = (given as number) - firstKey;
      if (Number.isInteger(key) && key >= 0 && key < KEYS) return key;
      const advice = firstKey === 0 ? '; where keys are numbers of MIDI give firstKey: 21.' : '.';
      throw new DataError(
        `${where}: frame ${t}: expected keys from ${firstKey} to ${firstKey + KEYS - 1}, got ${JSON.stringify(given)}${advice}`,
      );
    });
  });
}

/** A piece as frames of 88 bits, 1 for each key that sounds: examples for `nextFrames`. */
export function pianoFrames(piece: PianoRoll): Float32Array[] {
  return piece.map((keys) => {
    const frame = new Float32Array(KEYS);
    for (const key of keys) frame[key] = 1;
    return frame;
  });
}

/** Frames of bits as a piece. */
export function pianoRoll(frames: readonly ArrayLike<number>[]): PianoRoll {
  return frames.map((frame) => Array.from(frame, (bit, key) => (bit > 0.5 ? key : -1)).filter((key) => key >= 0));
}
