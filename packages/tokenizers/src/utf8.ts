/** A byte as the name of a token: `<0xE2>`. */
export const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** Bytes of UTF-8 into text as they come; what is no UTF-8 becomes U+FFFD, an unfinished character waits. */
export interface Utf8Stream {
  push(bytes: Uint8Array): string;
  /** What waits; the stream can then begin anew. */
  flush(): string;
}

/** A byte order mark is a character like any other here. */
export function utf8Stream(): Utf8Stream {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (bytes) => decoder.decode(bytes, { stream: true }),
    flush: () => decoder.decode(),
  };
}
