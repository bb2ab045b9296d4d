import { Feature_Type } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { flag } from '../../settings/option.js';
import { counted } from '../../strings/counted.js';
import { backboneOf, type BackboneJobs } from '../backbone/backbone.js';
import { defineFeature, requestBy, type FeatureCall, type FeatureDependencies } from '../feature.js';
import type { CopyJobs } from './copy-jobs.js';

export const imageCopySearch = defineFeature({
  type: Feature_Type.IMAGE_COPY_SEARCH,
  annotation: 'imageCopySearch',
  config: undefined,
  work: { base: 350, perMegapixel: 20 },
  async open({ pool, index, config }: FeatureDependencies<CopyJobs & BackboneJobs>) {
    const { analyzeCopies, annotateCopies } = await import('./analyze-copies.js');
    const { readSignature } = await import('./signature.js');
    const dependencies = { pool, index, backbone: backboneOf(pool) };
    const searchIn = ({ folderId }: FeatureCall) => ({ folder: folderId, maxCopies: config['max-copies'] });
    return {
      analyze: async (image, _settings, call) => ({
        $case: 'imageCopySearch',
        value: await analyzeCopies(dependencies, image, call.content, searchIn(call), call.signal),
      }),
      readSignature(signature) {
        const query = readSignature(signature);
        return async (_settings, call) => ({
          $case: 'imageCopySearch',
          value: await annotateCopies(dependencies, query, searchIn(call), call.signal),
        });
      },
      ready: () => index.ready(),
    };
  },
  loadJobs: async () => (await import('./copy-jobs.js')).loadCopyJobs(),
  request: requestBy(
    { copies: flag('Finds copies of the image in the image index (see visiond index).') },
    ({ copies }) => (copies ? [{ type: Feature_Type.IMAGE_COPY_SEARCH, config: undefined }] : []),
  ),
  heading: () => 'copies',
  summarize({ copyCount, topResults }) {
    const lines = topResults.map(({ imageUrl, pageUrl, title }) => {
      const parts = [title, imageUrl, pageUrl].filter((text) => text !== '');
      return `  ${parts.join('  ') || '(no URL)'}\n`;
    });
    return `${counted(copyCount, 'copy', 'copies')}\n${lines.join('')}`;
  },
});
