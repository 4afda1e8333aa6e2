import type { Factories, Factory, Task } from '@elman/core';
import * as formal from './formal/index.ts';
import * as graphs from './graphs/index.ts';
import { generatedDigits, pixelImages } from './images/index.ts';
import { anbn, anbncn, dyckWords } from './languages/index.ts';
import * as lectures from './lectures/index.ts';
import * as memory from './memory/index.ts';
import { addition, learningToExecute, memorization } from './programs/index.ts';

const task = (make: (options: never) => Task, summary: string): Factory => ({ makes: 'task', make, summary });

/** The tasks of this package: what recipes may name, and the command `elman` lists. */
export const factories: Factories = {
  adding: task(lectures.adding, 'the sum of the two numbers that are marked'),
  addition: task(addition, 'the sum of two decimal numbers, as text'),
  anbn: task(anbn, 'the language aⁿbⁿ: what follows each b'),
  anbncn: task(anbncn, 'the language aⁿbⁿcⁿ: what follows each b and c'),
  associativeRecall: task(memory.associativeRecall, 'the item that followed the queried one'),
  binaryAddition: task(formal.binaryAddition, 'the sum of two binary numbers'),
  binaryMultiplication: task(formal.binaryMultiplication, 'the product of two binary numbers'),
  bucketSort: task(formal.bucketSort, 'the symbols of a string, sorted'),
  computeSqrt: task(formal.computeSqrt, 'the square root of a binary number, rounded down'),
  copyMemory: task(lectures.copyMemory, 'symbols to be copied after a long gap'),
  cycleNavigation: task(formal.cycleNavigation, 'the place on a cycle after some moves'),
  duplicateString: task(formal.duplicateString, 'a string, twice'),
  dyckWords: task(dyckWords, 'which bracket may be closed'),
  evenPairs: task(formal.evenPairs, 'whether an even number of neighbours differ'),
  familyTree: task(graphs.familyTree, 'how two people of a family are related'),
  generatedDigits: task(generatedDigits, 'drawn digits, a pixel at a time'),
  graphTraversal: task(graphs.graphTraversal, 'where a walk through a graph leads'),
  largerTotal: task(lectures.largerTotal, 'whether the first running total is larger'),
  latching: task(lectures.latching, 'a bit to be held against noise'),
  learningToExecute: task(learningToExecute, 'what a short program prints'),
  memorization: task(memorization, 'a decimal number, repeated'),
  missingDuplicate: task(formal.missingDuplicate, 'the symbol missing from a duplicated string'),
  modularArithmetic: task(formal.modularArithmetic, 'the value of an expression modulo 5'),
  modularArithmeticBrackets: task(formal.modularArithmeticBrackets, 'the same with brackets'),
  ngramPrediction: task(memory.ngramPrediction, 'the next bit under a random n-gram table'),
  ntmCopy: task(memory.ntmCopy, 'vectors of bits, copied after a delimiter'),
  oddsFirst: task(formal.oddsFirst, 'the odd places of a string, then the even ones'),
  parity: task(lectures.parity, 'whether the number of ones is odd'),
  pixelImages: task(pixelImages, 'images of IDX files (MNIST), a pixel at a time'),
  prioritySort: task(memory.prioritySort, 'vectors of bits, sorted by priority'),
  repeatCopy: task(memory.repeatCopy, 'vectors of bits, copied a given number of times'),
  reverseString: task(formal.reverseString, 'a string, reversed'),
  selectiveCopy: task(memory.selectiveCopy, 'symbols among blanks, copied in order'),
  shortestPath: task(graphs.shortestPath, 'the shortest path between two nodes of a graph'),
  solveEquation: task(formal.solveEquation, 'the unknown of an equation modulo 5'),
  stackManipulation: task(formal.stackManipulation, 'the contents of a stack after some actions'),
  sumOfInputs: task(lectures.sumOfInputs, 'the sum of the inputs so far'),
};
