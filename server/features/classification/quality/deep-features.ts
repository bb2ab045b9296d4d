/** The last activation map of the backbone: rows of pixels, channels last. */
export interface BackboneMap {
  /** `height * width * channels` floats. */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Mean of every channel over the whole map: what is in the image, wherever it is. */
export function poolMap({ data, height, width, channels }: BackboneMap): Float32Array {
  const means = new Float32Array(channels);
  const cells = height * width;
  for (let cell = 0, at = 0; cell < cells; cell++) {
    for (let channel = 0; channel < channels; channel++, at++) means[channel]! += data[at]! / cells;
  }
  return means;
}
