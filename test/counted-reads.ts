/** Bytes that count how often one of them is read. */
export interface CountedBytes {
  readonly bytes: Buffer;
  /** Reads until now, of `bytes` and of all parts of it. */
  readonly reads: () => number;
}

/** How often code reads bytes is how long it takes, on every machine alike. */
export function countReads(buffer: Buffer): CountedBytes {
  let count = 0;
  const counted = (of: Buffer): Buffer =>
    new Proxy(of, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) {
          count++;
          return target[Number(key)];
        }
        if (key === 'subarray') return (from?: number, to?: number) => counted(target.subarray(from, to));
        if (key === 'indexOf') {
          return (byte: number, from = 0) => {
            const at = target.indexOf(byte, from);
            count += (at === -1 ? target.length : at + 1) - from;
            return at;
          };
        }
        const value: unknown = Reflect.get(target, key);
        // readUInt16BE and its like read by index. What else there is needs a true buffer.
        return typeof value === 'function' && !String(key).startsWith('read') ? value.bind(target) : value;
      },
    });
  return { bytes: counted(buffer), reads: () => count };
}
