/** The most threads of a team. */
export const MOST_THREADS = 64;

/** Layout of the control block of a team, in int32 from its start. */
export const places = {
  /** Number of the job, 1 to 2²³ − 1: workers wait on this word. */
  turn: 0,
  /** The function, by its number among the names of the module. */
  name: 16,
  /** How many parts the job has. */
  parts: 17,
  /** How many arguments follow the part and its bounds. */
  length: 18,
  /** The number of the program that has the function, 0 for the built module; address and length of its bytes. */
  program: 19,
  bytes: 20,
  byteLength: 21,
  /** 1 for each worker that has started. */
  ready: 32,
  /** The part that each worker does, if the job has so many. */
  ranks: 96,
  /** For each part, the number of the job · 256 + its state. */
  claims: 160,
  /** The unit at which each part begins, and the end of the last. */
  bounds: 224,
  /** Up to 63 arguments in float64, since addresses go up to 4 GB. */
  numbers: 290,
  /** Size of the block. */
  end: 416,
} as const;

/** States of a part. Between `free` and `caller`: claimed by the worker of that number. */
export const states = { free: 0, caller: 64, done: 128, failed: 129 } as const;

/** Bytes of the control block of a team, whole cache lines. */
export const CONTROL_BYTES: number = Math.ceil(places.end / 16) * 64;
