import { describe, expect, it } from 'vitest';
import { didYouMean, expectedOneOf, nearNames } from '../src/near.ts';

const cells = ['feedForward', 'gru', 'jordan', 'lstm', 'peepholeLstm', 'resetBeforeGru', 'simpleRnn'];

describe('nearNames', () => {
  it.each([
    ['lsmt', ['lstm']],
    ['LSTM', ['lstm']],
    ['ltsm', ['lstm']],
    ['lst', ['lstm', 'peepholeLstm']],
    ['lstmm', ['lstm']],
    ['grü', ['gru']],
    ['simple-rnn', ['simpleRnn']],
    ['SIMPLE_RNN', ['simpleRnn']],
    ['rnn', ['simpleRnn']],
    ['peephole', ['peepholeLstm']],
    ['transformer', []],
    ['x', []],
    ['', []],
    ['--', []],
    ['elman-cell-x', []],
  ])('of %j are %j', (name, wanted) => expect(nearNames(name, cells)).toEqual(wanted));

  it('of three letters are first those that hold them', () => {
    expect(nearNames('gpu', ['node-gpu', 'webgpu', 'cpu'])).toEqual(['node-gpu', 'webgpu']);
    expect(nearNames('cpi', ['node-gpu', 'webgpu', 'cpu'])).toEqual(['cpu']);
  });

  it('are no more than three, and only the nearest', () => {
    expect(nearNames('a1', ['a2', 'a3', 'a4', 'a5', 'b9'])).toEqual(['a2', 'a3', 'a4']);
    expect(nearNames('adam', ['adamw', 'adam', 'sgd'])).toEqual(['adam']);
  });
});

it('messages end in a question or a full stop', () => {
  expect(didYouMean('lsmt', cells)).toBe('; did you mean lstm?');
  expect(didYouMean('disk', cells)).toBe('');
  expect(expectedOneOf(['sgd', 'adam'], 'sdg')).toBe('expected one of sgd, adam, got "sdg"; did you mean sgd?');
  expect(expectedOneOf(['sgd', 'adam'], 'newton')).toBe('expected one of sgd, adam, got "newton".');
});
