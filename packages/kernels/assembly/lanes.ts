// Four numbers at once, or one: `size` is 16 or 4, a constant where these are inlined.

// @ts-ignore: decorator
@inline
export function load(from: usize, size: usize): v128 {
  return size == 16 ? v128.load(from) : v128.load32_zero(from);
}

// @ts-ignore: decorator
@inline
export function store(to: usize, x: v128, size: usize): void {
  if (size == 16) v128.store(to, x);
  else v128.store_lane<f32>(to, x, 0);
}
