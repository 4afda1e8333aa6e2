import { DataError } from '@elman/core';
import type { PianoRoll } from '@elman/data';
import { type MidiData, type MidiEvent, parseMidi, writeMidi } from 'midi-file';

/** The number of the lowest key of a piano. */
const LOWEST = 21;
/** Of a quarter note. */
const TICKS = 480;

/** A piece as a MIDI file of one track: a key that goes on sounding is one note. */
export function toMidi(
  piece: PianoRoll,
  { framesPerQuarter = 2, quartersPerMinute = 100 }: { framesPerQuarter?: number; quartersPerMinute?: number } = {},
): Uint8Array {
  const ticks = TICKS / framesPerQuarter;
  const track: MidiEvent[] = [
    { deltaTime: 0, meta: true, type: 'setTempo', microsecondsPerBeat: Math.round(60e6 / quartersPerMinute) },
  ];
  let last = 0;
  const add = (frame: number, type: 'noteOn' | 'noteOff', key: number): void => {
    const velocity = type === 'noteOn' ? 80 : 0;
    track.push({ deltaTime: (frame - last) * ticks, type, channel: 0, noteNumber: LOWEST + key, velocity });
    last = frame;
  };
  let sounding: readonly number[] = [];
  for (const [frame, keys] of [...piece, []].entries()) {
    for (const key of sounding) if (!keys.includes(key)) add(frame, 'noteOff', key);
    for (const key of keys) if (!sounding.includes(key)) add(frame, 'noteOn', key);
    sounding = keys;
  }
  track.push({ deltaTime: 0, meta: true, type: 'endOfTrack' });
  return Uint8Array.from(writeMidi({ header: { format: 0, numTracks: 1, ticksPerBeat: TICKS }, tracks: [track] }));
}

/**
 * The keys that sound in each frame of a MIDI file, from its first note to its last; drums are left out. A note sounds
 * in the frames whose beginning it covers, and at least in the one where it begins.
 * @throws {DataError} if it is no MIDI file, or has no notes.
 */
export function fromMidi(bytes: Uint8Array, where: string, framesPerQuarter = 2): PianoRoll {
  let midi: MidiData;
  try {
    midi = parseMidi(bytes);
  } catch (error) {
    throw new DataError(`${where}: not a MIDI file (${(error as Error).message ?? error}).`, { cause: error });
  }
  const { ticksPerBeat } = midi.header;
  if (ticksPerBeat === undefined) throw new DataError(`${where}: expected ticks a quarter note, got frames of film.`);
  const notes = midi.tracks.flatMap(notesOf);
  const first = Math.min(...notes.map(({ from }) => from));
  const frames: Set<number>[] = [];
  for (const { key, from, to } of notes) {
    const frameAt = (tick: number): number => ((tick - first) * framesPerQuarter) / ticksPerBeat;
    const begin = Math.floor(frameAt(from));
    for (let t = begin; t < Math.max(begin + 1, frameAt(to)); t++) {
      while (frames.length <= t) frames.push(new Set());
      frames[t]?.add(key);
    }
  }
  if (frames.length === 0) throw new DataError(`${where}: expected notes of a piano, got none.`);
  return frames.map((keys) => [...keys].sort((a, b) => a - b));
}

/** The channel of drums. */
const DRUMS = 9;

function notesOf(track: readonly MidiEvent[]): { readonly key: number; readonly from: number; readonly to: number }[] {
  const notes: { key: number; from: number; to: number }[] = [];
  const begun = new Map<number, number>();
  let now = 0;
  for (const event of track) {
    now += event.deltaTime;
    if ((event.type !== 'noteOn' && event.type !== 'noteOff') || event.channel === DRUMS) continue;
    const key = event.noteNumber - LOWEST;
    if (key < 0 || key > 87) continue;
    const id = 128 * event.channel + key;
    const from = begun.get(id);
    if (from !== undefined) notes.push({ key, from, to: now });
    begun.delete(id);
    if (event.type === 'noteOn' && event.velocity > 0) begun.set(id, now);
  }
  return notes;
}
