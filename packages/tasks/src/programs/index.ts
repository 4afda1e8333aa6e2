export { type Part, partOf } from '../parts.ts';
export { type AdditionOptions, addition } from './addition.ts';
export { evaluateProgram } from './evaluate.ts';
export { type GenerateOptions, generateProgram, type Operation, type Program } from './generate.ts';
export { type LearningToExecuteOptions, learningToExecute } from './learning-to-execute.ts';
export { type MemorizationOptions, memorization } from './memorization.ts';
export { scramble } from './scramble.ts';
export { type AnsweredRows, showAnswers } from './show-answers.ts';
