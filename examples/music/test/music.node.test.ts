import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rng } from '@elman/core';
import { writeMidi } from 'midi-file';
import { afterAll, describe, expect, it } from 'vitest';
import { compose } from '../src/compose.ts';
import { fromMidi, toMidi } from '../src/midi.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'elman-music-'));
afterAll(() => rmSync(work, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=source', main, ...args], { encoding: 'utf8', cwd: work });

describe('composed pieces', () => {
  const pieces = Array.from({ length: 20 }, (_, i) => compose(Rng.seeded('pieces').fork(i)));

  it('have a bass, three voices and a melody, within a piano', () => {
    for (const piece of pieces) {
      expect(piece).toHaveLength(48);
      for (const keys of piece) {
        expect(new Set(keys).size).toBe(keys.length);
        expect([4, 5]).toContain(keys.length);
        expect(Math.min(...keys)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...keys)).toBeLessThan(88);
      }
    }
  });

  it('end with the first degree, whose root is the bass of the first chord', () => {
    for (const piece of pieces) expect(piece.at(-1)?.[0]).toBe(piece[0]?.[0]);
  });
});

describe('MIDI', () => {
  it('has a note for a key that goes on sounding', () => {
    const piece = [[40], [40, 44], [], [44]];
    const bytes = toMidi(piece);
    expect(fromMidi(bytes, 'it')).toEqual(piece);
    expect(String.fromCharCode(...bytes.subarray(0, 4))).toBe('MThd');
    // Three notes, each of which begins and ends once.
    expect([...bytes].filter((byte) => byte === 0x90 || byte === 0x80)).toHaveLength(6);
  });

  it('brings back pieces that begin and end with a sound', () => {
    for (let i = 0; i < 5; i++) {
      const piece = compose(Rng.seeded(i));
      expect(fromMidi(toMidi(piece), 'it')).toEqual(piece);
    }
  });

  it('refuses what is none, and leaves drums out', () => {
    expect(() => fromMidi(Uint8Array.of(1, 2, 3), 'x.mid')).toThrow(/^x\.mid: not a MIDI file/);
    const drum = { deltaTime: 0, type: 'noteOn', channel: 9, noteNumber: 40, velocity: 9 } as const;
    const off = { ...drum, type: 'noteOff', deltaTime: 10 } as const;
    const header = { format: 0, numTracks: 1, ticksPerBeat: 480 } as const;
    const bytes = Uint8Array.from(writeMidi({ header, tracks: [[drum, off]] }));
    expect(() => fromMidi(bytes, 'x.mid')).toThrow('x.mid: expected notes of a piano, got none.');
  });
});

describe('the program', () => {
  const small = ['--hidden', '8', '--epochs', '1', '--frames', '6'];

  it('learns from pieces in JSON and writes a new one', () => {
    const pieces = Array.from({ length: 6 }, (_, i) => compose(Rng.seeded(i), 4));
    writeFileSync(join(work, 'rolls.json'), JSON.stringify({ train: pieces, valid: pieces, test: pieces }));
    const { status, stdout, stderr } = run('--rolls', 'rolls.json', ...small);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^epoch 1: \d+\.\d{3} nats a frame on validation pieces/m);
    expect(stdout).toMatch(/^test: \d+\.\d{3} nats a frame$/m);
    const made = fromMidi(readFileSync(join(work, 'piece.mid')), 'piece.mid');
    expect(made.slice(0, 8)).toEqual(pieces[0]?.slice(0, 8));
  });

  it('learns from MIDI files', () => {
    const files = Array.from({ length: 10 }, (_, i) => {
      writeFileSync(join(work, `${i}.mid`), toMidi(compose(Rng.seeded(i), 4)));
      return `${i}.mid`;
    });
    const { status, stdout } = run('--midi', files.join(), ...small, '--cell', 'gru', '--out', 'other.mid');
    expect(status).toBe(0);
    expect(stdout).toContain('training 8 pieces of 128 frames, validation 1 pieces of 16 frames');
  });

  it.each([
    [['--cell', 'lsmt'], 'music: --cell: expected lstm, gru, simpleRnn, got lsmt.\n'],
    [['--rolls', 'none.json'], 'there is no such file'],
    [['--rolls', 'a', '--midi', 'b'], '--midi: expected none beside --rolls'],
  ])('refuses %j in one line', (args, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
