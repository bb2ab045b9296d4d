export { createVisionClient, type VisionClient } from './grpc/vision-client.js';
export { createIndexClient, type IndexClient, type NewIndexedImage } from './grpc/index-client.js';
export type { VisionClientOptions } from './grpc/connection.js';
export * from './index-shared.js';
export { classification, faceDetection, imageCopySearch, textDetection } from './features.js';
export {
  AnalyzeResult,
  AnalyzeSpec,
  BatchAnalyzeRequest,
  BatchAnalyzeResponse,
  Feature,
  Feature_Type,
  FeatureClassificationConfig,
  FeatureResult,
  FeatureTextDetectionConfig,
  VisionServiceClient,
  VisionServiceService,
} from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
export {
  Block,
  Entity,
  Line,
  Page,
  TextAnnotation,
  Word,
  Word_DetectedLanguage,
} from '../gen/yandex/cloud/ai/vision/v1/text_detection.js';
export { ClassAnnotation, Property } from '../gen/yandex/cloud/ai/vision/v1/classification.js';
export { Face, FaceAnnotation } from '../gen/yandex/cloud/ai/vision/v1/face_detection.js';
export { CopyMatch, ImageCopySearchAnnotation } from '../gen/yandex/cloud/ai/vision/v1/image_copy_search.js';
export { Polygon, Vertex } from '../gen/yandex/cloud/ai/vision/v1/primitives.js';
export {
  AddImageResponse,
  AddImagesResult,
  AddOutcome,
  FoundCopy,
  GetStatsResponse,
  ImageIndexServiceClient,
  ImageIndexServiceService,
  IndexedImage,
  ListImagesResponse,
  MatchEvidence,
  MatchEvidence_Kind,
  SearchImagesResponse,
} from '../gen/visiond/index/v1/image_index_service.js';
export { Status } from '../gen/google/rpc/status.js';
