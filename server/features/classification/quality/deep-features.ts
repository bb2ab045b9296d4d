import type { ActivationMap } from '../../backbone/backbone.js';

/** Mean of every channel over the whole map: what the image shows, regardless of the position. */
export function poolMap({ data, height, width, channels }: ActivationMap): Float32Array {
  const means = new Float32Array(channels);
  const cells = height * width;
  for (let cell = 0, at = 0; cell < cells; cell++) {
    for (let channel = 0; channel < channels; channel++, at++) means[channel]! += data[at]! / cells;
  }
  return means;
}
