import { DataError } from '@elman/core';
import { expect, it } from 'vitest';
import { nextFrames, pianoFrames, pianoRoll, readPianoRolls } from '../src/index.ts';

const pieces = [[[0, 87], [], [40]]];
const json = (changes: object = {}): string =>
  JSON.stringify({ train: pieces, valid: pieces, test: pieces, ...changes });

it('reads the parts of a file, by the keys of a piano or the numbers of MIDI', () => {
  expect(readPianoRolls(json())).toEqual({ train: pieces, validation: pieces, test: pieces });
  const midi = json({ train: [[[21, 108], []]] });
  expect(readPianoRolls(midi.replaceAll('0,87', '21').replaceAll('40', '60'), { firstKey: 21 })).toEqual({
    train: [[[0, 87], []]],
    validation: [[[0], [], [39]]],
    test: [[[0], [], [39]]],
  });
});

it('turns pieces into frames of bits and back', () => {
  const frames = pianoFrames(pieces[0] as number[][]);
  expect(frames.map((frame) => [frame.length, frame.reduce((sum, bit) => sum + bit)])).toEqual([
    [88, 2],
    [88, 0],
    [88, 1],
  ]);
  expect(pianoRoll(frames)).toEqual(pieces[0]);
  expect(pianoRoll(nextFrames(frames).targets as Float32Array[])).toEqual([[], [40]]);
});

it.each([
  ['[]', 'got no train'],
  ['no', 'not JSON'],
  [json({ test: undefined }), 'got no test'],
  [json({ valid: [[[1]]] }), 'valid 0: expected two frames or more'],
  [json({ train: [[[1], 2]] }), 'train 0: frame 1: expected a list of keys'],
  [json({ train: [[[1], [90]]] }), 'frame 1: expected keys from 0 to 87, got 90; where keys are numbers of MIDI'],
  [json({ train: [[[1], ['c']]] }), 'got "c"'],
])('refuses %s', (text, message) => {
  expect(() => readPianoRolls(text)).toThrow(DataError);
  expect(() => readPianoRolls(text)).toThrow(message);
});
