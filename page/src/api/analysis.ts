import { call, type Access } from './call.js';
import type { Feature } from './features.js';
import { listOf, numberOf, recordOf, textOf, type JsonRecord } from './json.js';
import { CallError, ownProblem, problemOf, type Problem } from './problem.js';

/** A corner, in pixels of the image. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Polygon = readonly Point[];

export interface Word {
  readonly polygon: Polygon;
  readonly text: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** ISO 639-1 code, empty if it is not known. */
  readonly language: string;
}

export interface Line {
  readonly polygon: Polygon;
  readonly words: readonly Word[];
  /** 0 to 1. */
  readonly confidence: number;
}

export interface Block {
  readonly polygon: Polygon;
  readonly lines: readonly Line[];
}

export interface Entity {
  readonly name: string;
  readonly text: string;
}

export interface TextPage {
  readonly width: number;
  readonly height: number;
  readonly blocks: readonly Block[];
  readonly entities: readonly Entity[];
}

export interface Property {
  readonly name: string;
  /** 0 to 1. */
  readonly probability: number;
}

export interface Copy {
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

/** What a feature found. */
export type Finding =
  | { readonly kind: 'text'; readonly pages: readonly TextPage[] }
  | { readonly kind: 'classes'; readonly model: string; readonly properties: readonly Property[] }
  | { readonly kind: 'faces'; readonly faces: readonly Polygon[] }
  | { readonly kind: 'copies'; readonly count: number; readonly copies: readonly Copy[] }
  | { readonly kind: 'problem'; readonly feature: Feature; readonly problem: Problem };

export interface Analysis {
  readonly findings: readonly Finding[];
  /** The response as it came. */
  readonly raw: unknown;
  readonly milliseconds: number;
}

/**
 * Analyzes one file.
 * @param content the file as base64
 * @throws CallError if the call or the file as a whole fails
 */
export async function analyze(
  content: string,
  features: readonly Feature[],
  access: Access,
  signal: AbortSignal,
): Promise<Analysis> {
  const started = performance.now();
  const raw = await call('/vision/v1/batchAnalyze', access, {
    method: 'POST',
    body: { analyzeSpecs: [{ content, features }] },
    signal,
  });
  return { findings: findingsOf(raw, features), raw, milliseconds: performance.now() - started };
}

/** @throws CallError if the file as a whole failed */
export function findingsOf(raw: unknown, features: readonly Feature[]): readonly Finding[] {
  const file = recordOf(listOf(recordOf(raw)['results'])[0]);
  if (isProblem(file['error'])) throw new CallError(problemOf(file['error']));
  const results = listOf(file['results']).map(recordOf);
  return features.map((feature, index) => findingOf(results[index] ?? {}, feature));
}

function findingOf(result: JsonRecord, feature: Feature): Finding {
  if (isProblem(result['error'])) return { kind: 'problem', feature, problem: problemOf(result['error']) };
  switch (feature.type) {
    case 'TEXT_DETECTION':
      return { kind: 'text', pages: fields(result['textDetection'], 'pages').map(pageOf) };
    case 'CLASSIFICATION':
      return {
        kind: 'classes',
        model: feature.classificationConfig.model,
        properties: fields(result['classification'], 'properties').map(({ name, probability }) => ({
          name: textOf(name),
          probability: numberOf(probability),
        })),
      };
    case 'FACE_DETECTION':
      return {
        kind: 'faces',
        faces: fields(result['faceDetection'], 'faces').map(({ boundingBox }) => polygonOf(boundingBox)),
      };
    case 'IMAGE_COPY_SEARCH': {
      const found = recordOf(result['imageCopySearch']);
      return {
        kind: 'copies',
        count: numberOf(found['copyCount']),
        copies: fields(found, 'topResults').map((copy) => ({
          imageUrl: textOf(copy['imageUrl']),
          pageUrl: textOf(copy['pageUrl']),
          title: textOf(copy['title']),
          description: textOf(copy['description']),
        })),
      };
    }
    default:
      return { kind: 'problem', feature, problem: ownProblem('UNEXPECTED_ANSWER') };
  }
}

function pageOf(page: JsonRecord): TextPage {
  return {
    width: numberOf(page['width']),
    height: numberOf(page['height']),
    blocks: fields(page, 'blocks').map((block) => ({
      polygon: polygonOf(block['boundingBox']),
      lines: fields(block, 'lines').map((line) => ({
        polygon: polygonOf(line['boundingBox']),
        confidence: numberOf(line['confidence']),
        words: fields(line, 'words').map((word) => ({
          polygon: polygonOf(word['boundingBox']),
          text: textOf(word['text']),
          confidence: numberOf(word['confidence']),
          language: textOf(fields(word, 'languages')[0]?.['languageCode']),
        })),
      })),
    })),
    entities: fields(page, 'entities').map(({ name, text }) => ({ name: textOf(name), text: textOf(text) })),
  };
}

function polygonOf(value: unknown): Polygon {
  return fields(value, 'vertices').map(({ x, y }) => ({ x: numberOf(x), y: numberOf(y) }));
}

function fields(value: unknown, name: string): readonly JsonRecord[] {
  return listOf(recordOf(value)[name]).map(recordOf);
}

function isProblem(value: unknown): boolean {
  return numberOf(recordOf(value)['code']) !== 0;
}
