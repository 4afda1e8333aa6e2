/** A learning rate (or any other number) as a function of the updates made so far, from 0. */
export type Schedule = (step: number) => number;
