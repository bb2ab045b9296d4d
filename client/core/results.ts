import { fieldsOf, listOf, numberOf, textOf } from './json.js';

/** An upright rectangle in pixels, from the top left corner of the image or page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A telephone number, an address, or a field of a known document. */
export interface TextEntity {
  /** Kind of entity, for example `phone`. */
  readonly name: string;
  readonly text: string;
}

/** A language that a word may be in. */
export interface WordLanguage {
  /** ISO 639-1 code. */
  readonly code: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface TextWord {
  readonly text: string;
  readonly box: Box;
  /** 0 to 1. */
  readonly confidence: number;
  /** Most likely first. */
  readonly languages: readonly WordLanguage[];
  /** The entity that contains the word. */
  readonly entity?: TextEntity;
}

export interface TextLine {
  /** The words, with spaces between them. */
  readonly text: string;
  readonly box: Box;
  /** 0 to 1. */
  readonly confidence: number;
  readonly words: readonly TextWord[];
}

export interface TextBlock {
  /** The lines, with line breaks between them. */
  readonly text: string;
  readonly box: Box;
  readonly lines: readonly TextLine[];
}

export interface TextPage {
  /** The blocks, with line breaks between them. */
  readonly text: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** In reading order. */
  readonly blocks: readonly TextBlock[];
  readonly entities: readonly TextEntity[];
}

/** The text of an image, or of a PDF file. */
export interface TextResult {
  /** The pages, with an empty line between them. */
  readonly text: string;
  /** One for an image. */
  readonly pages: readonly TextPage[];
}

export interface FaceResult {
  readonly box: Box;
}

/** Probabilities, 0 to 1, by the names of the properties of a model. */
export type ClassResult = Readonly<Record<string, number>>;

/** An image of the corpus that is a copy. */
export interface ImageCopy {
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

/** Copies of the image in the corpus of the folder. */
export interface CopyResult {
  /** Copies that were found. */
  readonly count: number;
  /** The best of them, best first. */
  readonly best: readonly ImageCopy[];
}

/** @param result a FeatureResult in the JSON form of the API */
export function textResult(result: unknown): TextResult {
  const pages = listOf(fieldsOf(fieldsOf(result)['textDetection'])['pages']).map(pageOf);
  return { text: pages.map(({ text }) => text).join('\n\n'), pages };
}

/** @param result a FeatureResult in the JSON form of the API */
export function faceResults(result: unknown): FaceResult[] {
  const { faces } = fieldsOf(fieldsOf(result)['faceDetection']);
  return listOf(faces).map((face) => ({ box: boxOf(face) }));
}

/** @param result a FeatureResult in the JSON form of the API */
export function classResult(result: unknown): ClassResult {
  const properties = listOf(fieldsOf(fieldsOf(result)['classification'])['properties']).map(fieldsOf);
  return Object.fromEntries(properties.map(({ name, probability }) => [textOf(name), numberOf(probability)]));
}

/** @param result a FeatureResult in the JSON form of the API */
export function copyResult(result: unknown): CopyResult {
  const { copyCount, topResults } = fieldsOf(fieldsOf(result)['imageCopySearch']);
  const best = listOf(topResults).map((copy) => {
    const { imageUrl, pageUrl, title, description } = fieldsOf(copy);
    return {
      imageUrl: textOf(imageUrl),
      pageUrl: textOf(pageUrl),
      title: textOf(title),
      description: textOf(description),
    };
  });
  return { count: numberOf(copyCount), best };
}

function pageOf(page: unknown): TextPage {
  const { width, height, blocks: ofPage, entities: found } = fieldsOf(page);
  const entities = listOf(found).map((entity) => {
    const { name, text } = fieldsOf(entity);
    return { name: textOf(name), text: textOf(text) };
  });
  const blocks = listOf(ofPage).map((block): TextBlock => {
    const lines = listOf(fieldsOf(block)['lines']).map((line) => lineOf(line, entities));
    return { text: joined(lines, '\n'), box: boxOf(block), lines };
  });
  return { text: joined(blocks, '\n'), width: numberOf(width), height: numberOf(height), blocks, entities };
}

function lineOf(line: unknown, entities: readonly TextEntity[]): TextLine {
  const { confidence, words: ofLine } = fieldsOf(line);
  const words = listOf(ofLine).map((word) => wordOf(word, entities));
  return { text: joined(words, ' '), box: boxOf(line), confidence: numberOf(confidence), words };
}

function wordOf(word: unknown, entities: readonly TextEntity[]): TextWord {
  const { text, confidence, languages: ofWord, entityIndex } = fieldsOf(word);
  const languages = listOf(ofWord).map((language) => {
    const { languageCode, confidence: ofLanguage } = fieldsOf(language);
    return { code: textOf(languageCode), confidence: numberOf(ofLanguage) };
  });
  // An index that is absent is 0; -1 is "none".
  const entity = entities[numberOf(entityIndex)];
  return {
    text: textOf(text),
    box: boxOf(word),
    confidence: numberOf(confidence),
    languages,
    ...(entity === undefined ? {} : { entity }),
  };
}

function joined(parts: readonly { readonly text: string }[], separator: string): string {
  return parts.map(({ text }) => text).join(separator);
}

/** The box around the polygon of a message. */
function boxOf(message: unknown): Box {
  const vertices = listOf(fieldsOf(fieldsOf(message)['boundingBox'])['vertices']).map(fieldsOf);
  if (vertices.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const xs = vertices.map(({ x }) => numberOf(x));
  const ys = vertices.map(({ y }) => numberOf(y));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
