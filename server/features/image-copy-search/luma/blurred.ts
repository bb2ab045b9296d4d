import { createCopySearchKernel, reserve } from '../../../wasm/kernel.js';

const kernel = createCopySearchKernel(1);

/**
 * A grayscale picture, blurred by a Gaussian with a deviation of 2 pixels. The outermost three pixels are wrong, as
 * they mix in pixels of other rows: no descriptor covers them.
 */
export function blurred(gray: Uint8Array, width: number): Uint8Array {
  // The kernel reads three rows before the first and behind the last, and writes up to seven bytes more.
  const margin = 3 * width + 8;
  const length = gray.length;
  const [fromAt, betweenAt] = [margin, length + 2 * margin];
  reserve(kernel, 2 * length + 4 * margin);
  new Uint8Array(kernel.memory.buffer).set(gray, fromAt);
  kernel.blur(fromAt, length, 1, betweenAt);
  kernel.blur(betweenAt, length, width, fromAt);
  return new Uint8Array(kernel.memory.buffer).slice(fromAt, fromAt + length);
}
