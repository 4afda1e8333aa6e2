/** A byte as the name of a token: `<0xE2>`. */
export const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** A streaming UTF-8 decoder: invalid UTF-8 becomes U+FFFD, an incomplete character is buffered. */
export interface Utf8Stream {
  push(bytes: Uint8Array): string;
  /** The rest of the buffer; the decoder can then be reused. */
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
