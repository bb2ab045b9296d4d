import { limits } from '../../../contract/limits.js';
import { VisionError } from '../../../errors/errors.js';
import { languages, needsTesseract, type Language } from '../language/languages.js';
import type { TesseractDataFinder } from './tesseract-data.js';
import type { TesseractData } from './tesseract-recognizer.js';

/** How the lines of an image are to be read, decided from its language codes. Latin and Cyrillic are read in any case. */
export interface ReadingPlan {
  /** Whether lines may be Chinese. `detect` believes it of lines that are nothing else. */
  readonly chinese: 'no' | 'detect' | 'asked';
  /** Languages in other scripts that Tesseract reads together, empty for none. */
  readonly tesseract: readonly TesseractData[];
  /** English for Tesseract, for lines that mix it with the others. Empty where no line is Tesseract's. */
  readonly english: readonly TesseractData[];
  /** The languages, in the order of the request. */
  readonly languages: readonly Language[];
  /** Every language model of the API knows English and Russian beside what it is asked for. */
  readonly implied: readonly Language[];
}

const anyLanguage = '*';
/** What `*` stands for. */
const anyLanguages = ['en', 'ru', 'zh'];

/**
 * Decides who reads: the neural recognizers know Latin, Cyrillic and Chinese, Tesseract everything else.
 * @throws VisionError LANGUAGE_COUNT, LANGUAGE_UNKNOWN or LANGUAGE_NOT_INSTALLED
 */
export async function planReading(codes: readonly string[], data: TesseractDataFinder): Promise<ReadingPlan> {
  if (codes.length === 0 || codes.length > limits.languageCodes) {
    throw VisionError.of('LANGUAGE_COUNT', { count: codes.length });
  }
  const detect = codes.includes(anyLanguage);
  const explicit = codes.filter((code) => code !== anyLanguage);
  const wanted = [...new Set([...explicit, ...(detect ? anyLanguages : [])])].map(languageOf);

  const tesseract: TesseractData[] = [];
  for (const language of wanted.filter(needsTesseract)) {
    const found = await data.find(language.tesseract);
    if (found === undefined) throw notInstalled(language, data);
    tesseract.push(found);
  }
  const english = tesseract.length === 0 ? undefined : await data.find(languageOf('en').tesseract);
  return {
    chinese: explicit.includes('zh') ? 'asked' : detect ? 'detect' : 'no',
    tesseract,
    english: english === undefined ? [] : [english],
    languages: wanted,
    implied: [languageOf('en'), languageOf('ru')].filter((language) => !wanted.includes(language)),
  };
}

function languageOf(code: string): Language {
  const language = languages.get(code);
  if (language === undefined) throw VisionError.of('LANGUAGE_UNKNOWN', { code });
  return language;
}

function notInstalled({ code, tesseract }: Language, { ownFolder }: TesseractDataFinder): VisionError {
  return VisionError.of('LANGUAGE_NOT_INSTALLED', { code, file: `${tesseract}.traineddata`, folder: ownFolder });
}
