import type { ScriptName } from './scripts.js';

/** How the alphabet of a language differs from the letters that its script's languages share. */
export interface Letters {
  /** Letters that it has besides. */
  readonly own: string;
  /** Shared letters that it does not have. */
  readonly lacking?: string;
}

interface LanguageRow {
  /** Name of its Tesseract data, `NAME.traineddata`. */
  readonly tesseract: string;
  /** Name of its trigrams in franc (ISO 639-3), undefined where franc has none. */
  readonly trigrams: string | undefined;
  readonly script: ScriptName;
  /** Only for scripts of several languages. */
  readonly letters?: Letters;
}

/** A language that the API has a code for. */
export interface Language extends LanguageRow {
  /** ISO 639-1, as the API names it. */
  readonly code: string;
}

const table: Readonly<Record<string, LanguageRow>> = {
  en: { tesseract: 'eng', trigrams: 'eng', script: 'latin', letters: { own: '' } },
  // With the letters of the spelling before 1918.
  ru: { tesseract: 'rus', trigrams: 'rus', script: 'cyrillic', letters: { own: 'ёъыэѣѳѵ' } },
  az: { tesseract: 'aze', trigrams: 'azj', script: 'latin', letters: { own: 'çəğıöşü', lacking: 'w' } },
  ba: { tesseract: 'bak', trigrams: undefined, script: 'cyrillic', letters: { own: 'ёъыэғҙҡңөҫүһә' } },
  be: { tesseract: 'bel', trigrams: 'bel', script: 'cyrillic', letters: { own: 'ёіўыэ', lacking: 'ищ' } },
  bg: { tesseract: 'bul', trigrams: 'bul', script: 'cyrillic', letters: { own: 'ъ' } },
  bs: { tesseract: 'bos', trigrams: 'bos', script: 'latin', letters: { own: 'čćđšž', lacking: 'qwxy' } },
  cs: { tesseract: 'ces', trigrams: 'ces', script: 'latin', letters: { own: 'áčďéěíňóřšťúůýž' } },
  da: { tesseract: 'dan', trigrams: 'dan', script: 'latin', letters: { own: 'æøåé' } },
  de: { tesseract: 'deu', trigrams: 'deu', script: 'latin', letters: { own: 'äöüß' } },
  es: { tesseract: 'spa', trigrams: 'spa', script: 'latin', letters: { own: 'áéíñóúü' } },
  et: { tesseract: 'est', trigrams: 'ekk', script: 'latin', letters: { own: 'äöõüšž' } },
  fi: { tesseract: 'fin', trigrams: 'fin', script: 'latin', letters: { own: 'äöåšž' } },
  fr: { tesseract: 'fra', trigrams: 'fra', script: 'latin', letters: { own: 'àâæçéèêëîïôœùûüÿ' } },
  hu: { tesseract: 'hun', trigrams: 'hun', script: 'latin', letters: { own: 'áéíóöőúüű' } },
  id: { tesseract: 'ind', trigrams: 'ind', script: 'latin', letters: { own: 'é' } },
  it: { tesseract: 'ita', trigrams: 'ita', script: 'latin', letters: { own: 'àèéìíîòóùú' } },
  kk: { tesseract: 'kaz', trigrams: 'kaz', script: 'cyrillic', letters: { own: 'ёъыәэғқңөұүһі' } },
  ky: { tesseract: 'kir', trigrams: 'kir', script: 'cyrillic', letters: { own: 'ёъыэңөү' } },
  lt: { tesseract: 'lit', trigrams: 'lit', script: 'latin', letters: { own: 'ąčęėįšųūž', lacking: 'qwx' } },
  lv: { tesseract: 'lav', trigrams: 'lvs', script: 'latin', letters: { own: 'āčēģīķļņšūž', lacking: 'qwxy' } },
  mt: { tesseract: 'mlt', trigrams: undefined, script: 'latin', letters: { own: 'ċġħżàèìòù', lacking: 'cy' } },
  nl: { tesseract: 'nld', trigrams: 'nld', script: 'latin', letters: { own: 'éëïóöüèáíúä' } },
  no: { tesseract: 'nor', trigrams: 'nob', script: 'latin', letters: { own: 'æøåéòóô' } },
  pl: { tesseract: 'pol', trigrams: 'pol', script: 'latin', letters: { own: 'ąćęłńóśźż', lacking: 'qvx' } },
  pt: { tesseract: 'por', trigrams: 'por', script: 'latin', letters: { own: 'áâãàçéêíóôõúü' } },
  ro: { tesseract: 'ron', trigrams: 'ron', script: 'latin', letters: { own: 'ăâîșțşţ' } },
  sk: { tesseract: 'slk', trigrams: 'slk', script: 'latin', letters: { own: 'áäčďéíĺľňóôŕšťúýž' } },
  sl: { tesseract: 'slv', trigrams: 'slv', script: 'latin', letters: { own: 'čšž', lacking: 'qwxy' } },
  sr: { tesseract: 'srp', trigrams: 'srp', script: 'cyrillic', letters: { own: 'ђјљњћџ', lacking: 'йщьюя' } },
  sv: { tesseract: 'swe', trigrams: 'swe', script: 'latin', letters: { own: 'åäöé' } },
  tg: { tesseract: 'tgk', trigrams: 'tgk', script: 'cyrillic', letters: { own: 'ёъэғӣқӯҳҷ', lacking: 'щц' } },
  tr: { tesseract: 'tur', trigrams: 'tur', script: 'latin', letters: { own: 'çğıöşüâîû', lacking: 'qwx' } },
  tt: { tesseract: 'tat', trigrams: 'tat', script: 'cyrillic', letters: { own: 'ёъыэәөүҗңһ' } },
  uk: { tesseract: 'ukr', trigrams: 'ukr', script: 'cyrillic', letters: { own: 'ґєії' } },
  uz: { tesseract: 'uzb', trigrams: 'uzn', script: 'latin', letters: { own: 'ʻʼ', lacking: 'w' } },
  vi: {
    tesseract: 'vie',
    trigrams: 'vie',
    script: 'latin',
    letters: {
      own: 'àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ',
      lacking: 'fjwz',
    },
  },
  ar: { tesseract: 'ara', trigrams: 'arb', script: 'arabic' },
  el: { tesseract: 'ell', trigrams: 'ell', script: 'greek' },
  he: { tesseract: 'heb', trigrams: 'heb', script: 'hebrew' },
  hy: { tesseract: 'hye', trigrams: 'hye', script: 'armenian' },
  ja: { tesseract: 'jpn', trigrams: 'jpn', script: 'japanese' },
  ka: { tesseract: 'kat', trigrams: 'kat', script: 'georgian' },
  ko: { tesseract: 'kor', trigrams: 'kor', script: 'hangul' },
  th: { tesseract: 'tha', trigrams: 'tha', script: 'thai' },
  zh: { tesseract: 'chi_sim', trigrams: 'cmn', script: 'chinese' },
};

/** Every language by its code. */
export const languages: ReadonlyMap<string, Language> = new Map(
  Object.entries(table).map(([code, row]) => [code, { code, ...row }]),
);

/** Whether a language has marks above or below its letters, or parts of letters, that the text detector cuts off. */
export function hasMarks({ code, script }: Language): boolean {
  return code === 'vi' || !['latin', 'cyrillic', 'chinese'].includes(script);
}
