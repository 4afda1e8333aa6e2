/** A text as one line that is valid in a terminal and XML: control characters become a space, invalid code points `?`. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/\p{Cs}|[\uFFFE\uFFFF]/gu, '?');
}
