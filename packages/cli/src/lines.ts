/** Splits bytes of UTF-8 into lines as they come. A line ends with `\n` or `\r\n`, and with nothing else: see `oneLine`. */
export class LineSplitter {
  /** The beginning of a line that has not ended yet. */
  #open: Uint8Array[] = [];
  #isFirst = true;

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#open.push(bytes.subarray(from, end));
      lines.push(this.#close());
      from = end + 1;
    }
    if (from < bytes.length) this.#open.push(bytes.slice(from));
    return lines;
  }

  /** At the end of the input: the last line, if it has no end of its own. */
  end(): string[] {
    return this.#open.length === 0 ? [] : [this.#close()];
  }

  #close(): string {
    // Whole lines are decoded, so that no character is cut; of invalid bytes each becomes U+FFFD.
    const line = new TextDecoder('utf-8', { ignoreBOM: !this.#isFirst }).decode(Buffer.concat(this.#open));
    this.#open = [];
    this.#isFirst = false;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}

const NEWLINE = 0x0a;

/** Whatever some reader may take for the end of a line; Python's `splitlines` does all of them. */
const LINE_BREAKS: ReadonlySet<string> = new Set('\n\v\f\r\u001C\u001D\u001E\u0085\u2028\u2029');

/** A text on one line: each line break (`\n`, `\r\n`, `\r`, VT, FF, U+001C to U+001E, U+0085, U+2028, U+2029) becomes a space. */
export function oneLine(text: string): string {
  return Array.from(text.replaceAll('\r\n', '\n'), (character) => (LINE_BREAKS.has(character) ? ' ' : character)).join(
    '',
  );
}
