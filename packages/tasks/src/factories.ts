import type { Factories, Factory, Task } from '@elman/core';
import * as formal from './formal/index.ts';
import * as graphs from './graphs/index.ts';
import { generatedDigits, pixelImages } from './images/index.ts';
import { anbn, anbncn, dyckWords } from './languages/index.ts';
import * as lectures from './lectures/index.ts';
import * as memory from './memory/index.ts';
import { addition, learningToExecute, memorization } from './programs/index.ts';
import { characterPrediction } from './text/index.ts';

/** Of the option `part` the command decides by itself. */
const task = (make: (options: never) => Task, summary: string, options: Factory['options'] = {}): Factory => ({
  makes: 'task',
  make,
  options,
  summary,
});

/** The tasks of this package: what recipes may name, and the command `elman` lists. */
export const factories: Factories = {
  adding: task(lectures.adding, 'the sum of the two numbers that are marked'),
  addition: task(addition, 'the sum of two decimal numbers, as text', { reversed: 'boolean' }),
  anbn: task(anbn, 'the language aⁿbⁿ: what follows each b'),
  anbncn: task(anbncn, 'the language aⁿbⁿcⁿ: what follows each b and c'),
  associativeRecall: task(memory.associativeRecall, 'the item that followed the queried one', {
    width: 'number',
    vectors: 'number',
  }),
  binaryAddition: task(formal.binaryAddition, 'the sum of two binary numbers'),
  binaryMultiplication: task(formal.binaryMultiplication, 'the product of two binary numbers'),
  bucketSort: task(formal.bucketSort, 'the symbols of a string, sorted', { vocabSize: 'number' }),
  characterPrediction: task(characterPrediction, 'the next character of a text file', {
    text: 'text',
    validation: 'text',
    test: 'text',
  }),
  computeSqrt: task(formal.computeSqrt, 'the square root of a binary number, rounded down'),
  copyMemory: task(lectures.copyMemory, 'symbols to be copied after a long gap', {
    symbols: 'number',
    count: 'number',
  }),
  cycleNavigation: task(formal.cycleNavigation, 'the place on a cycle after some moves', { places: 'number' }),
  duplicateString: task(formal.duplicateString, 'a string, twice', { vocabSize: 'number' }),
  dyckWords: task(dyckWords, 'which bracket may be closed', { kinds: 'number' }),
  evenPairs: task(formal.evenPairs, 'whether an even number of neighbours differ'),
  familyTree: task(graphs.familyTree, 'how two people of a family are related', { labels: 'number' }),
  generatedDigits: task(generatedDigits, 'drawn digits, a pixel at a time', {
    variation: 'number',
    noise: 'number',
    permutation: 'number',
  }),
  graphTraversal: task(graphs.graphTraversal, 'where a walk through a graph leads', {
    labels: 'number',
    edges: 'number',
    degree: 'number',
  }),
  largerTotal: task(lectures.largerTotal, 'whether the first running total is larger'),
  latching: task(lectures.latching, 'a bit to be held against noise', { shown: 'number', noise: 'number' }),
  learningToExecute: task(learningToExecute, 'what a short program prints', { operations: 'texts' }),
  memorization: task(memorization, 'a decimal number, repeated', { reversed: 'boolean', doubled: 'boolean' }),
  missingDuplicate: task(formal.missingDuplicate, 'the symbol missing from a duplicated string'),
  modularArithmetic: task(formal.modularArithmetic, 'the value of an expression modulo 5', { modulus: 'number' }),
  modularArithmeticBrackets: task(formal.modularArithmeticBrackets, 'the same with brackets', { modulus: 'number' }),
  ngramPrediction: task(memory.ngramPrediction, 'the next bit under a random n-gram table', { context: 'number' }),
  ntmCopy: task(memory.ntmCopy, 'vectors of bits, copied after a delimiter', { width: 'number' }),
  oddsFirst: task(formal.oddsFirst, 'the odd places of a string, then the even ones', { vocabSize: 'number' }),
  parity: task(lectures.parity, 'whether the number of ones is odd', { supervision: ['every', 'last'] }),
  pixelImages: task(pixelImages, 'images of IDX files (MNIST), a pixel at a time', {
    images: 'text',
    labels: 'text',
    testImages: 'text',
    testLabels: 'text',
    permutation: 'number',
    classes: 'number',
    white: 'number',
  }),
  prioritySort: task(memory.prioritySort, 'vectors of bits, sorted by priority', { width: 'number', asked: 'number' }),
  repeatCopy: task(memory.repeatCopy, 'vectors of bits, copied a given number of times', { width: 'number' }),
  reverseString: task(formal.reverseString, 'a string, reversed', { vocabSize: 'number' }),
  selectiveCopy: task(memory.selectiveCopy, 'symbols among blanks, copied in order', {
    symbols: 'number',
    count: 'number',
  }),
  shortestPath: task(graphs.shortestPath, 'the shortest path between two nodes of a graph', {
    labels: 'number',
    edges: 'number',
    degree: 'number',
  }),
  solveEquation: task(formal.solveEquation, 'the unknown of an equation modulo 5', { modulus: 'number' }),
  stackManipulation: task(formal.stackManipulation, 'the contents of a stack after some actions'),
  sumOfInputs: task(lectures.sumOfInputs, 'the sum of the inputs so far'),
};
