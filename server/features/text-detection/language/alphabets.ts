import type { Language } from './languages.js';

const latin = 'abcdefghijklmnopqrstuvwxyz';
const cyrillic = 'абвгдежзийклмнопрстуфхцчшщьюя';

/**
 * Letters that a language writes besides those that nearly all languages of its script share, and after a minus the
 * shared ones that it lacks. A language of the same script that does not write a letter cannot be that of its word.
 */
const letters: Readonly<Record<string, string>> = {
  en: '',
  ru: 'ёъыэѣѳѵ',
  az: 'çəğıöşü-w',
  ba: 'ёъыэғҙҡңөҫүһә',
  be: 'ёіўыэ-ищъ',
  bg: 'ъ',
  bs: 'čćđšž-qwxy',
  cs: 'áčďéěíňóřšťúůýž',
  da: 'æøåé',
  de: 'äöüß',
  es: 'áéíñóúü',
  et: 'äöõüšž',
  fi: 'äöåšž',
  fr: 'àâæçéèêëîïôœùûüÿ',
  hu: 'áéíóöőúüű',
  id: 'é',
  it: 'àèéìíîòóùú',
  kk: 'ёъыэәғқңөұүһі',
  ky: 'ёъыэңөү',
  lt: 'ąčęėįšųūž-qwx',
  lv: 'āčēģīķļņšūž-qwxy',
  mt: 'ċġħżàèìòù-cy',
  nl: 'éëïóöüèáíúä',
  no: 'æøåéòóô',
  pl: 'ąćęłńóśźż-qvx',
  pt: 'áâãàçéêíóôõúü',
  ro: 'ăâîșțşţ',
  sk: 'áäčďéíĺľňóôŕšťúýž',
  sl: 'čšž-qwxy',
  sr: 'ђјљњћџ-йщьюя',
  sv: 'åäöé',
  tg: 'ёъэғӣқӯҳҷ-щцы',
  tr: 'çğıöşüâîû-qwx',
  tt: 'ёъыэәөүҗңһ',
  uk: 'ґєії-',
  uz: 'ʻʼ-w',
  vi: 'àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ-fjwz',
};

const alphabets = new Map(
  Object.entries(letters).map(([code, list]) => {
    const [own = '', lacking = ''] = list.split('-');
    const shared = Array.from(/[а-я]/.test(own) || ['bg', 'sr', 'uk'].includes(code) ? cyrillic : latin);
    return [code, new Set(shared.filter((letter) => !lacking.includes(letter)).concat(Array.from(own)))];
  }),
);

/** Whether the language writes all letters of its script that a text has. True where the alphabet is not known. */
export function canSpell({ code }: Language, text: string): boolean {
  const alphabet = alphabets.get(code);
  const written =
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{Script=Latin}\p{Script=Cyrillic}]/gu) ?? [];
  return alphabet === undefined || written.every((letter) => alphabet.has(letter));
}
