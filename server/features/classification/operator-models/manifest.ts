/** The input that an operator's model takes, and the meaning of its output: the `manifest.json` beside `model.onnx`. */
export interface Manifest {
  /** Sides of the input, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Planes (NCHW, as in PyTorch) or rows of pixels (NHWC, as in TensorFlow). */
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: 'RGB' | 'BGR';
  /** Whether the image is stretched to the size of the input, or cropped to its aspect ratio first. */
  readonly fit: 'stretch' | 'crop';
  /** Input values are `(v - mean) / std` for a channel's value v of 0..255. In the order of `channels`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Whether exactly one label is right (probabilities sum to 1), or any number of them. */
  readonly labels: 'exclusive' | 'independent';
  /** Whether the network puts out probabilities, or logits, which need a softmax or a sigmoid. */
  readonly output: 'probabilities' | 'logits';
}

const maxSide = 4096;

/**
 * Parses a manifest.
 * @throws Error with a sentence that names the key
 */
export function parseManifest(json: string): Manifest {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('manifest.json is not a JSON object');
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  const take = (key: string): unknown => {
    const taken = entries.get(key);
    entries.delete(key);
    return taken;
  };
  const manifest: Manifest = {
    width: side(take('width'), 'width'),
    height: side(take('height'), 'height'),
    layout: choice(take('layout'), 'layout', ['NCHW', 'NHWC']),
    channels: choice(take('channels') ?? 'RGB', 'channels', ['RGB', 'BGR']),
    fit: choice(take('fit') ?? 'stretch', 'fit', ['stretch', 'crop']),
    mean: triple(take('mean') ?? [0, 0, 0], 'mean'),
    std: triple(take('std') ?? [1, 1, 1], 'std'),
    labels: choice(take('labels'), 'labels', ['exclusive', 'independent']),
    output: choice(take('output') ?? 'probabilities', 'output', ['probabilities', 'logits']),
  };
  if (manifest.std.includes(0)) throw new Error('std in manifest.json must not contain 0');
  const [unknown] = entries.keys();
  if (unknown !== undefined) throw new Error(`manifest.json has an unknown key "${unknown}"`);
  return manifest;
}

function side(value: unknown, key: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxSide) return value;
  throw new Error(`${key} in manifest.json must be an integer from 1 to ${maxSide}, is ${JSON.stringify(value)}`);
}

function choice<const Choice extends string>(value: unknown, key: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((allowed) => allowed === value);
  if (chosen !== undefined) return chosen;
  throw new Error(`${key} in manifest.json must be one of ${choices.join(', ')}, is ${JSON.stringify(value)}`);
}

function triple(value: unknown, key: string): [number, number, number] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const [first, second, third, ...others] = list;
  const isNumber = (item: unknown): item is number => typeof item === 'number' && Number.isFinite(item);
  if (isNumber(first) && isNumber(second) && isNumber(third) && others.length === 0) return [first, second, third];
  throw new Error(`${key} in manifest.json must be a list of three numbers, is ${JSON.stringify(value)}`);
}

/**
 * Parses labels: one per line, in the order of the network's output.
 * @throws Error for a file without labels, with an empty line between them, or with a duplicate
 */
export function parseLabels(text: string): string[] {
  const labels = text.split(/\r?\n/).map((line) => line.trim());
  while (labels.at(-1) === '') labels.pop();
  if (labels.length === 0) throw new Error('labels.txt is empty');
  const empty = labels.indexOf('');
  if (empty !== -1) throw new Error(`line ${empty + 1} of labels.txt is empty`);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new Error(`labels.txt has "${twice}" more than once`);
  return labels;
}
