import { I32, pushSigned, pushUnsigned, V128, type ValueType } from './encode.ts';

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
  storeLane(offset: number, lane?: number): Code;
  storeTwoLanes(offset: number): Code;
  call(index: number): Code;
};

const ADD = 0x6a;
const SUBTRACT = 0x6b;
const MULTIPLY = 0x6c;

export function makeCode(parameters: number): Code {
  const bytes: number[] = [];
  const locals: ValueType[] = [];
  const withNumber = (instruction: number, value: number): Code => {
    bytes.push(instruction);
    pushUnsigned(bytes, value);
    return code;
  };
  const onVector = (instruction: number): Code => {
    bytes.push(0xfd);
    pushUnsigned(bytes, instruction);
    return code;
  };
  /** With an address: its alignment, and an offset. */
  const onMemory = (instruction: number, offset: number): Code => {
    onVector(instruction);
    bytes.push(0);
    pushUnsigned(bytes, offset);
    return code;
  };
  const op = (...more: number[]): Code => {
    for (const byte of more) bytes.push(byte);
    return code;
  };
  const vector = (values: Uint8Array): Code => onVector(simd.constant).op(...values);
  const code: Code = {
    bytes,
    locals,
    local(type) {
      locals.push(type);
      return parameters + locals.length - 1;
    },
    get: (local) => withNumber(0x20, local),
    set: (local) => withNumber(0x21, local),
    tee: (local) => withNumber(0x22, local),
    i32(value) {
      bytes.push(0x41);
      pushSigned(bytes, value);
      return code;
    },
    float: (value) => vector(new Uint8Array(Float32Array.of(value, value, value, value).buffer)),
    bits: (value) => vector(new Uint8Array(Int32Array.of(value, value, value, value).buffer)),
    lanes: (values) => vector(new Uint8Array(Int32Array.from(values).buffer)),
    simd: (instruction, ...immediates) => onVector(instruction).op(...immediates),
    op,
    add: () => op(ADD),
    subtract: () => op(SUBTRACT),
    multiply: () => op(MULTIPLY),
    load32(offset) {
      bytes.push(0x28, 2);
      pushUnsigned(bytes, offset);
      return code;
    },
    loadVector: (offset) => onMemory(simd.load, offset),
    loadSplat: (offset) => onMemory(simd.splatOf32, offset),
    storeVector: (offset) => onMemory(simd.store, offset),
    storeLane: (offset, lane = 0) => onMemory(simd.storeLane32, offset).op(lane),
    storeTwoLanes: (offset) => onMemory(simd.storeLane64, offset).op(0),
    call: (index) => withNumber(0x10, index),
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
