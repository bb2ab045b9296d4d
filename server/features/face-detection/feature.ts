import { Feature_Type } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { modelsFolder } from '../../config.js';
import { createPulledModelFinder, pulledModels } from '../../inference/pulled-models.js';
import { flag } from '../../settings/option.js';
import { counted } from '../../strings/counted.js';
import { defineFeature, requestBy, type FeatureDependencies } from '../feature.js';
import type { FaceJobs } from './face-jobs.js';

const unusableYuNet =
  'The YuNet model file is damaged or cannot be read. Faces are detected with the packaged models until it is pulled again.';
const faceColor = [255, 40, 110] as const;

export const faceDetection = defineFeature({
  type: Feature_Type.FACE_DETECTION,
  annotation: 'faceDetection',
  config: undefined,
  work: { base: 130, perMegapixel: 20 },
  async open({ pool, config, readiness }: FeatureDependencies<FaceJobs>) {
    const { analyzeFaces } = await import('./analyze-faces.js');
    const findYuNet = createPulledModelFinder(pulledModels.yuNet, modelsFolder(config), (cause) =>
      readiness.report('yunet', cause && { severity: 'degraded', sentence: unusableYuNet, cause }),
    );
    return {
      analyze: async (image, _settings, { signal }) => ({
        $case: 'faceDetection',
        value: await analyzeFaces({ pool, findYuNet }, image, signal),
      }),
      ready: async () => void (await findYuNet()),
    };
  },
  loadJobs: async () => (await import('./face-jobs.js')).createFaceJobs(),
  request: requestBy({ faces: flag('Detects faces.') }, ({ faces }) =>
    faces ? [{ type: Feature_Type.FACE_DETECTION, config: undefined }] : [],
  ),
  heading: () => 'faces',
  summarize({ faces }) {
    const lines = faces.map(({ boundingBox }) => {
      const [topLeft, , bottomRight] = boundingBox?.vertices ?? [];
      if (topLeft === undefined || bottomRight === undefined) return '';
      return `  ${bottomRight.x - topLeft.x} x ${bottomRight.y - topLeft.y} pixels at ${topLeft.x}, ${topLeft.y}\n`;
    });
    return `${counted(faces.length, 'face', 'faces')}\n${lines.join('')}`;
  },
  overlay: ({ faces }) => ({
    outlines: faces.map(({ boundingBox }) => ({ polygon: boundingBox, color: faceColor })),
    texts: [],
  }),
});
