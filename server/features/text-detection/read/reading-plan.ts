import { limits } from '../../../contract/limits.js';
import { VisionError } from '../../../errors/errors.js';
import { languages, type Language } from '../language/languages.js';
import { furtherRecognizers, needsTesseract } from './recognizers.js';
import type { TesseractDataFinder } from './tesseract-data.js';
import type { TesseractData } from './tesseract-recognizer.js';

/** How to read the lines of an image, by the language codes of a request. The first recognizer reads in any case. */
export interface ReadingPlan {
  /** Names of further recognizers of which the request names a language. */
  readonly requested: readonly string[];
  /** Names of further recognizers whose script the request leaves open: it counts for lines that are nothing else. */
  readonly detected: readonly string[];
  /** Languages in other scripts, which Tesseract reads together. */
  readonly tesseract: readonly TesseractData[];
  /** English for Tesseract, for lines that mix it with other scripts. Empty if Tesseract reads nothing. */
  readonly english: readonly TesseractData[];
  /** The languages of the request, in its order. */
  readonly languages: readonly Language[];
  /** English and Russian if the request does not name them: every language model of the API knows them. */
  readonly implied: readonly Language[];
}

const anyLanguage = '*';
/** What `*` stands for. */
const anyLanguages = ['en', 'ru', 'zh'];

/** Reads by all neural recognizers, whatever the language. */
export const neuralPlan: ReadingPlan = {
  requested: [],
  detected: furtherRecognizers.map(({ reader }) => reader.name),
  tesseract: [],
  english: [],
  languages: [],
  implied: [],
};

/**
 * Chooses the recognizers for the language codes of a request.
 * @throws VisionError LANGUAGE_COUNT, LANGUAGE_UNKNOWN or LANGUAGE_NOT_INSTALLED
 */
export async function planReading(codes: readonly string[], finder: TesseractDataFinder): Promise<ReadingPlan> {
  if (codes.length === 0 || codes.length > limits.languageCodes) {
    throw VisionError.of('LANGUAGE_COUNT', { count: codes.length });
  }
  const explicit = codes.filter((code) => code !== anyLanguage);
  const open = codes.includes(anyLanguage) ? anyLanguages : [];
  const requestedLanguages = [...new Set([...explicit, ...open])].map(languageOf);

  const tesseract: TesseractData[] = [];
  for (const language of requestedLanguages.filter(needsTesseract)) {
    const data = await finder.find(language.tesseract);
    if (data === undefined) throw notInstalled(language);
    tesseract.push(data);
  }
  const english = tesseract.length === 0 ? undefined : await finder.find(languageOf('en').tesseract);
  const requested = recognizersOf(explicit);
  return {
    requested,
    detected: recognizersOf(open).filter((name) => !requested.includes(name)),
    tesseract,
    english: english === undefined ? [] : [english],
    languages: requestedLanguages,
    implied: [languageOf('en'), languageOf('ru')].filter((language) => !requestedLanguages.includes(language)),
  };
}

/** Names of the further recognizers that read one of the languages. */
function recognizersOf(codes: readonly string[]): string[] {
  const scripts = new Set(codes.map((code) => languageOf(code).script));
  return furtherRecognizers
    .filter((recognizer) => recognizer.scripts.some((script) => scripts.has(script)))
    .map(({ reader }) => reader.name);
}

function languageOf(code: string): Language {
  const language = languages.get(code);
  if (language === undefined) throw VisionError.of('LANGUAGE_UNKNOWN', { code });
  return language;
}

function notInstalled({ code, tesseract }: Language): VisionError {
  return VisionError.of('LANGUAGE_NOT_INSTALLED', { code, file: `${tesseract}.traineddata` });
}
