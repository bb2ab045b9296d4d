import { describe, expect, it } from 'vitest';
import type { Image } from '../../image/image.js';
import { analyzeClassification } from './analyze-classification.js';
import type { Classifier, ClassifierDirectory } from './classifier.js';

const image: Image = { width: 2, height: 1, rgb: new Uint8Array(new SharedArrayBuffer(6)).fill(51) };
const never = new AbortController().signal;

/** Says how bright the first pixel is. */
const brightness: Classifier = {
  async classify({ rgb }, signal) {
    signal.throwIfAborted();
    return [{ name: 'bright', probability: (rgb[0] ?? 0) / 255 }];
  },
};
const models = new Map([
  ['brightness', brightness],
  ['darkness', brightness],
]);
const directory: ClassifierDirectory = {
  find: async (name) => models.get(name),
  names: async () => [...models.keys()],
};

describe('analyzeClassification', () => {
  it('asks the model that the config names', async () => {
    expect(await analyzeClassification(directory, image, { model: 'brightness' }, never)).toEqual({
      properties: [{ name: 'bright', probability: 0.2 }],
    });
  });

  it.each([
    ['quality', 'Unknown CLASSIFICATION model "quality". Known: brightness, darkness'],
    ['', 'Unknown CLASSIFICATION model "". Known: brightness, darkness'],
  ])('names the models there are where there is none called %j', async (model, message) => {
    await expect(analyzeClassification(directory, image, { model }, never)).rejects.toEqual(
      expect.objectContaining({ reason: 'MODEL_UNKNOWN', message: expect.stringContaining(message) }),
    );
  });

  it('needs a config', async () => {
    await expect(analyzeClassification(directory, image, undefined, never)).rejects.toEqual(
      expect.objectContaining({
        reason: 'INVALID_FEATURE_CONFIG',
        message: 'Incorrect feature configuration: classification_config is required',
      }),
    );
  });

  it('hands the signal of the call on', async () => {
    const aborted = AbortSignal.abort(new Error('gone'));
    await expect(analyzeClassification(directory, image, { model: 'brightness' }, aborted)).rejects.toThrow('gone');
  });
});
