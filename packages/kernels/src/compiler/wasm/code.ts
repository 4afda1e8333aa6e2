import { I32, signed, unsigned, V128, type ValueType } from './encode.ts';

/** A local variable, or a parameter. */
export type Local = number;

/** SIMD instructions, by their codes. */
export const simd = {
  load: 0x00,
  splatOf32: 0x09,
  store: 0x0b,
  constant: 0x0c,
  shuffle: 0x0d,
  splatF32: 0x13,
  equal: 0x41,
  notEqual: 0x42,
  less: 0x43,
  greater: 0x44,
  lessOrEqual: 0x45,
  greaterOrEqual: 0x46,
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  bitselect: 0x52,
  loadLane32: 0x56,
  storeLane32: 0x5a,
  storeLane64: 0x5b,
  shiftLeft: 0xab,
  shiftRight: 0xac,
  addInt: 0xae,
  subtractInt: 0xb1,
  abs: 0xe0,
  negate: 0xe1,
  squareRoot: 0xe3,
  add: 0xe4,
  subtract: 0xe5,
  multiply: 0xe6,
  divide: 0xe7,
  minimum: 0xe8,
  maximum: 0xe9,
  pseudoMinimum: 0xea,
  pseudoMaximum: 0xeb,
  fromInt: 0xfa,
  madd: 0x105,
  negativeMadd: 0x106,
} as const;

/** The code of a function while it is written: a stack machine, whose instructions are appended one after the other. */
export type Code = {
  readonly bytes: number[];
  readonly locals: ValueType[];
  local(type: ValueType): Local;
  /** Pushes. */
  get(local: Local): Code;
  /** Pops. */
  set(local: Local): Code;
  tee(local: Local): Code;
  i32(value: number): Code;
  /** Four times a float32. */
  float(value: number): Code;
  /** Four times these bits. */
  bits(value: number): Code;
  lanes(values: readonly number[]): Code;
  simd(code: number, ...immediates: number[]): Code;
  op(...bytes: number[]): Code;
  add(): Code;
  subtract(): Code;
  multiply(): Code;
  /** Pops an address and pushes the int32 there. */
  load32(offset: number): Code;
  loadVector(offset: number): Code;
  loadSplat(offset: number): Code;
  storeVector(offset: number): Code;
  storeLane(offset: number): Code;
  storeTwoLanes(offset: number): Code;
  call(index: number): Code;
};

const ADD = 0x6a;
const SUBTRACT = 0x6b;
const MULTIPLY = 0x6c;

export function makeCode(parameters: number): Code {
  const bytes: number[] = [];
  const locals: ValueType[] = [];
  const push = (...more: number[]): Code => {
    for (const byte of more) bytes.push(byte);
    return code;
  };
  const vector = (values: Uint8Array): Code => code.simd(simd.constant, ...values);
  const code: Code = {
    bytes,
    locals,
    local(type) {
      locals.push(type);
      return parameters + locals.length - 1;
    },
    get: (local) => push(0x20, ...unsigned(local)),
    set: (local) => push(0x21, ...unsigned(local)),
    tee: (local) => push(0x22, ...unsigned(local)),
    i32: (value) => push(0x41, ...signed(value)),
    float: (value) => vector(new Uint8Array(Float32Array.of(value, value, value, value).buffer)),
    bits: (value) => vector(new Uint8Array(Int32Array.of(value, value, value, value).buffer)),
    lanes: (values) => vector(new Uint8Array(Int32Array.from(values).buffer)),
    simd: (instruction, ...immediates) => push(0xfd, ...unsigned(instruction), ...immediates),
    op: push,
    add: () => push(ADD),
    subtract: () => push(SUBTRACT),
    multiply: () => push(MULTIPLY),
    load32: (offset) => push(0x28, 2, ...unsigned(offset)),
    loadVector: (offset) => code.simd(simd.load, 0, ...unsigned(offset)),
    loadSplat: (offset) => code.simd(simd.splatOf32, 0, ...unsigned(offset)),
    storeVector: (offset) => code.simd(simd.store, 0, ...unsigned(offset)),
    storeLane: (offset) => code.simd(simd.storeLane32, 0, ...unsigned(offset), 0),
    storeTwoLanes: (offset) => code.simd(simd.storeLane64, 0, ...unsigned(offset), 0),
    call: (index) => push(0x10, ...unsigned(index)),
  };
  return code;
}

/** A loop that is run once, and again as long as `again` pushes something other than 0. */
export function repeat(code: Code, body: () => void, again: () => void): void {
  code.op(0x03, 0x40);
  body();
  again();
  code.op(0x0d, 0, 0x0b);
}

/** Signed comparisons of two int32. */
export const LESS = 0x48;
export const GREATER_OR_EQUAL = 0x4e;
export const EQUAL = 0x46;
export { I32, V128 };
