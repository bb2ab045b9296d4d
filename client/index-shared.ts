// What both entries of the package export.
export type { Analyzed, ManyInput, ManyOptions, Progress } from './core/analyze-many.js';
export {
  VisionCallError,
  VisionError,
  VisionFeatureError,
  VisionFileError,
  type FieldProblem,
  type PackedDetail,
} from './core/errors.js';
export type { ImageClient } from './core/image-client.js';
export type { ImageInput } from './core/image-input.js';
export type { CallOptions } from './core/options.js';
export type {
  Box,
  ClassResult,
  CopyResult,
  FaceResult,
  ImageCopy,
  TextBlock,
  TextEntity,
  TextLine,
  TextPage,
  TextResult,
  TextWord,
  WordLanguage,
} from './core/results.js';
export type { Analysis, TextOptions, Wanted } from './core/wanted.js';
export { Code } from '../gen/google/rpc/code.js';
