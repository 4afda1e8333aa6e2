/** A text as one line that a terminal and XML can hold: control characters become a space, what is no letter `?`. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/\p{Cs}|[\uFFFE\uFFFF]/gu, '?');
}
