import type { Writable } from 'node:stream';

/** Maximum bytes buffered for a slow reader before lines are dropped. */
const maxBehind = 4 << 20;

/**
 * Writes lines to a stream that may fail at any time: a pipe without a reader, a file on a full disk. A line that
 * cannot be written is dropped and counted.
 * @param notice makes the line that reports how many were dropped, once writing works again
 */
export function lossyWriter(stream: Writable, notice: (dropped: number) => string): (line: string) => void {
  let dropped = 0;
  // Every failed write reports its error itself. Without a listener, the event would end the process.
  stream.on('error', () => {});
  const write = (line: string, stands: number): void => {
    stream.write(line, (error) => {
      if (error !== null && error !== undefined) dropped += stands;
      else if (dropped > 0) writeNotice();
    });
  };
  const writeNotice = (): void => {
    const told = dropped;
    dropped = 0;
    write(notice(told), told);
  };
  return (line) => {
    if (stream.writableLength > maxBehind) dropped++;
    else write(line, 1);
  };
}
