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
  /** Frames of a chunk: see frames.ts. 0 if the function does not overwrite what it reads. */
  chunk: 19,
  /** The number of the program that has the function, 0 for the built module; address and length of its bytes. */
  program: 20,
  bytes: 21,
  byteLength: 22,
  /** 1 for each worker that has started. */
  ready: 32,
  /** The part that each worker does, if the job has so many. */
  ranks: 96,
  /** For each part, the number of the job · 256 + its state. */
  claims: 160,
  /** For each part, the chunks that have been begun. */
  progress: 224,
  /** The unit at which each part begins, and the end of the last. */
  bounds: 288,
  /** In float64, since addresses go up to 4 GB: the address of the backup, then up to 63 arguments. */
  numbers: 354,
  /** Size of the block. */
  end: 482,
} as const;

/** States of a part. Between `free` and `caller`: claimed by the worker of that number. */
export const states = { free: 0, caller: 64, done: 128, failed: 129 } as const;

/** Bytes of the control block of a team, whole cache lines. */
export const CONTROL_BYTES: number = Math.ceil(places.end / 16) * 64;
