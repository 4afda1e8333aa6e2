/** Sizes of a cell: numbers in an input frame and in its state. */
export type Sizes = { readonly inputSize: number; readonly hiddenSize: number };
