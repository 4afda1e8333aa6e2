/** CRC-32 (ISO 3309), bit by bit. */
function crc32(bytes: Uint8Array): string {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (~sum >>> 0).toString(16).padStart(8, '0');
}

/** JSON as a file. */
export const plainJson = {
  from: (bytes: Uint8Array): string => new TextDecoder().decode(bytes),
  into: (_: Uint8Array, json: string): Uint8Array => new TextEncoder().encode(json),
};

const headerOf = (bytes: Uint8Array): number =>
  8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));

/** The header of a safetensors file, and the file with another header and its checksum made right. */
export const sealedHeader = {
  from: (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(8, headerOf(bytes))),
  into(bytes: Uint8Array, json: string): Uint8Array {
    const header = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
    const data = bytes.subarray(headerOf(bytes));
    const file = new Uint8Array(8 + header.length + data.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    file.set(data, 8 + header.length);
    return sealed(file, 8, 8 + header.length);
  },
};

/** The JSON that stands as text in the metadata of a safetensors file. */
export const sealedMetadata = (key: string) => ({
  from: (bytes: Uint8Array): string => JSON.parse(sealedHeader.from(bytes)).__metadata__[key] as string,
  into(bytes: Uint8Array, json: string): Uint8Array {
    const header = JSON.parse(sealedHeader.from(bytes));
    header.__metadata__[key] = json.replaceAll(/\p{Cs}/gu, '\ufffd');
    return sealedHeader.into(bytes, JSON.stringify(header));
  },
});

/** A manifest with its checksum made right. */
export const sealedManifest = {
  from: plainJson.from,
  into: (_: Uint8Array, json: string): Uint8Array => {
    const pretty = json.endsWith('}') ? `${json.slice(0, -1)},\n  "checksum": "crc32:00000000"\n}\n` : json;
    const bytes = new TextEncoder().encode(pretty);
    return sealed(bytes, 0, bytes.length);
  },
};

/** The file with the checksum in these bytes made right, if there is one. */
function sealed(file: Uint8Array, start: number, end: number): Uint8Array {
  const text = new TextDecoder('latin1').decode(file.subarray(start, end));
  const found = /"checksum": ?"crc32:(?=[0-9a-f]{8}")/.exec(text);
  if (found === null) return file;
  const at = start + found.index + found[0].length;
  file.fill(0x30, at, at + 8);
  file.set(new TextEncoder().encode(crc32(file)), at);
  return file;
}
