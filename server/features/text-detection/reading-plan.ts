import { VisionError } from '../../errors.js';
import { languages, type Language } from './languages.js';
import type { TesseractDataFinder } from './tesseract-data.js';
import type { TesseractData } from './tesseract-recognizer.js';

/** How the lines of an image are to be read, decided from its language codes. */
export interface ReadingPlan {
  /** Whether the neural recogniser reads, and whether it may give Chinese characters. */
  readonly ctc: 'none' | 'latin' | 'chinese' | 'detect-chinese';
  /** Languages but English that Tesseract reads together, empty for none. */
  readonly tesseract: readonly TesseractData[];
  /** English for Tesseract, for lines that mix it with the others. Empty where nobody asked for English. */
  readonly english: readonly TesseractData[];
  /** The languages, in the order of the request. */
  readonly languages: readonly Language[];
  /** What is tried on lines that the languages of the request leave in doubt. */
  readonly implied: ImpliedReading;
}

/** Every language model of the API knows English and Russian beside what it is asked for. */
export interface ImpliedReading {
  /** Whether the neural recogniser may read the line as English. */
  readonly english: boolean;
  /** Languages for Tesseract, Russian among them. Empty for none. */
  readonly tesseract: readonly TesseractData[];
  readonly languages: readonly Language[];
}

export const nothingImplied: ImpliedReading = { english: false, tesseract: [], languages: [] };

const anyLanguage = '*';
/** What `*` stands for. Russian is left out where its data are missing. */
const anyLanguages = ['en', 'ru', 'zh'];
const maxLanguageCodes = 8;

/**
 * Decides who reads: the neural recogniser knows English and Chinese, Tesseract everything else.
 * @throws VisionError LANGUAGE_COUNT, LANGUAGE_UNKNOWN or LANGUAGE_NOT_INSTALLED
 */
export async function planReading(codes: readonly string[], data: TesseractDataFinder): Promise<ReadingPlan> {
  if (codes.length === 0 || codes.length > maxLanguageCodes) throw VisionError.of('LANGUAGE_COUNT', { count: codes.length });
  const detect = codes.includes(anyLanguage);
  const explicit = codes.filter((code) => code !== anyLanguage);
  const wanted = [...new Set([...explicit, ...(detect ? anyLanguages : [])])].map(languageOf);

  const tesseract: TesseractData[] = [];
  for (const language of wanted.filter(({ code }) => !readByCtc(code))) {
    const found = await data.find(language.tesseract);
    if (found !== undefined) tesseract.push(found);
    else if (explicit.includes(language.code)) throw notInstalled(language, data);
  }
  const english = wanted.find(({ code }) => code === 'en');
  const englishData = english === undefined ? undefined : await data.find(english.tesseract);
  return {
    ctc: ctcMode(wanted, explicit, detect),
    tesseract,
    english: englishData === undefined ? [] : [englishData],
    languages: wanted,
    implied: detect ? nothingImplied : await planImplied(wanted, data),
  };
}

/** English where no Latin language is asked for, whose own data read it; Russian where it has data. */
async function planImplied(wanted: readonly Language[], data: TesseractDataFinder): Promise<ImpliedReading> {
  const [english, russian] = [languageOf('en'), languageOf('ru')];
  const needsEnglish = wanted.every(({ script }) => script !== 'latin');
  const needsRussian = !wanted.includes(russian);
  // Lines that mix both are usual where one of the two is asked for.
  const mixes = wanted.length === 1 && (wanted.includes(english) || wanted.includes(russian));
  const russianData = needsRussian || mixes ? await data.find(russian.tesseract) : undefined;
  const englishData = mixes && russianData !== undefined ? await data.find(english.tesseract) : undefined;
  return {
    english: needsEnglish,
    tesseract: [russianData, englishData].filter((found) => found !== undefined),
    languages: [...(needsEnglish ? [english] : []), ...(needsRussian ? [russian] : [])],
  };
}

function ctcMode(wanted: readonly Language[], explicit: readonly string[], detect: boolean): ReadingPlan['ctc'] {
  if (explicit.includes('zh')) return 'chinese';
  if (detect) return 'detect-chinese';
  // It would read "für" as "fur" and be sure of it: other Latin alphabets are Tesseract's alone.
  const otherLatin = wanted.some(({ code, script }) => script === 'latin' && code !== 'en');
  return wanted.some(({ code }) => code === 'en') && !otherLatin ? 'latin' : 'none';
}

function readByCtc(code: string): boolean {
  return code === 'en' || code === 'zh';
}

function languageOf(code: string): Language {
  const language = languages.get(code);
  if (language === undefined) throw VisionError.of('LANGUAGE_UNKNOWN', { code });
  return language;
}

function notInstalled({ code, tesseract }: Language, { ownFolder }: TesseractDataFinder): VisionError {
  return VisionError.of('LANGUAGE_NOT_INSTALLED', { code, file: `${tesseract}.traineddata`, folder: ownFolder });
}
