import {
  BatchAnalyzeResponse,
  type AnalyzeResult,
  type BatchAnalyzeRequest,
  type Feature,
} from '../../../client/index.js';
import { messageDescriptor } from '../../contract/descriptors.js';
import { limits } from '../../contract/limits.js';
import { features as allFeatures } from '../../features/features.js';
import { replaceFile } from '../../files/replace-file.js';
import { binaryToJson } from '../../gateway/json/transcode.js';
import { readImageFile, type ImageFile } from '../images/read-image-file.js';
import type { OverlayTarget } from './overlay-target.js';
import { drawOverlay } from './overlay.js';

/** Images of one request. */
export const batchSize = limits.specs;
const responseDescriptor = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeResponse');

/** A call of the API. */
export type Analyze = (request: BatchAnalyzeRequest) => Promise<BatchAnalyzeResponse>;

/** What is to be done with which files. */
export interface Task {
  readonly files: readonly string[];
  readonly folderId: string;
  readonly features: readonly Feature[];
  readonly json: boolean;
  /** Where the first image goes with what was found outlined in it. */
  readonly overlay: OverlayTarget | undefined;
}

/**
 * Analyzes files and prints what is in them, batch after batch. A file that cannot be read is an error of its own.
 * @returns how many files had errors
 * @throws whatever a call throws, after telling which files were not analyzed
 */
export async function analyzeFiles(analyze: Analyze, task: Task): Promise<number> {
  const { files } = task;
  let failures = 0;
  for (let first = 0; first < files.length; first += batchSize) {
    const batch = files.slice(first, first + batchSize);
    const images = await Promise.all(batch.map(readImageFile));
    const results = await analyzeBatch(analyze, images, task).catch((error: unknown) => {
      for (const [index, file] of files.slice(first).entries()) {
        const image = images[index];
        process.stderr.write(
          `${file}: ${image !== undefined && 'error' in image ? image.error.message : 'not analyzed'}\n`,
        );
      }
      throw error;
    });
    if (task.json) {
      process.stdout.write(`${binaryToJson(responseDescriptor, BatchAnalyzeResponse.encode({ results }).finish())}\n`);
    }
    for (const [index, result] of results.entries()) {
      const file = batch[index] ?? '';
      if (!task.json && files.length > 1) process.stdout.write(`${first + index === 0 ? '' : '\n'}== ${file}\n`);
      if (!report(file, result, task)) failures++;
    }
    const [image, result] = [images[0], results[0]];
    if (
      task.overlay !== undefined &&
      image !== undefined &&
      'content' in image &&
      result !== undefined &&
      result.error === undefined
    ) {
      replaceFile({
        path: task.overlay.path,
        content: await drawOverlay(image.content, result.results, task.overlay.format),
      });
    }
  }
  return failures;
}

/** One result per file, in order. Unreadable files are not sent. */
async function analyzeBatch(
  analyze: Analyze,
  images: readonly ImageFile[],
  { folderId, features }: Task,
): Promise<AnalyzeResult[]> {
  const analyzeSpecs = images.flatMap((image) =>
    'content' in image
      ? [{ source: { $case: 'content' as const, value: image.content }, features: [...features], mimeType: '' }]
      : [],
  );
  const { results } = analyzeSpecs.length === 0 ? { results: [] } : await analyze({ folderId, analyzeSpecs });
  const answers = results.values();
  return images.map((image) => {
    if ('error' in image) return { error: image.error, results: [] };
    const { done, value } = answers.next();
    if (done === true) {
      throw new Error(`The server returned ${results.length} results for ${analyzeSpecs.length} files`);
    }
    return value;
  });
}

/** Prints what was found in a file. Returns whether all of it could be analyzed. */
function report(file: string, { error, results }: AnalyzeResult, { features, json }: Task): boolean {
  const errors = [error, ...results.map((result) => result.error)].filter((one) => one !== undefined);
  if (json) return errors.length === 0;
  for (const { message } of errors) process.stderr.write(`${file}: ${message}\n`);
  const sections = results.flatMap(({ error: problem, feature: found }, index) => {
    if (problem !== undefined) return [];
    const feature = features[index];
    const entry = Object.values(allFeatures).find(({ type }) => type === feature?.type);
    if (feature === undefined || entry === undefined) return [];
    // A single result has no heading, so that it can go into a pipe.
    const heading = features.length === 1 ? '' : `-- ${entry.heading(feature)}\n`;
    return [heading + (found === undefined ? '' : entry.summarize(found))];
  });
  process.stdout.write(sections.join('\n'));
  return errors.length === 0;
}
