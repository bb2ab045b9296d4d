import { createKernel, reserve } from '../../../wasm/kernel.js';

const kernel = createKernel(1);

/**
 * A picture in shades of gray, blurred by a Gaussian with a deviation of 2 pixels. The outermost three pixels mix in what
 * does not belong there: no descriptor looks at them.
 */
export function blurred(gray: Uint8Array, width: number): Uint8Array {
  // Three lines before the first and behind the last are read, and seven bytes more are written.
  const margin = 3 * width + 8;
  const length = gray.length;
  const [fromAt, betweenAt] = [margin, length + 2 * margin];
  reserve(kernel, 2 * length + 4 * margin);
  new Uint8Array(kernel.memory.buffer).set(gray, fromAt);
  kernel.blur(fromAt, length, 1, betweenAt);
  kernel.blur(betweenAt, length, width, fromAt);
  return new Uint8Array(kernel.memory.buffer).slice(fromAt, fromAt + length);
}
