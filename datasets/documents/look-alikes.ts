/** Lower case letters of Latin with those of Cyrillic that are printed alike, upright, in italics or as capitals. */
const twins: Readonly<Record<string, string>> = {
  a: 'а',
  b: 'вь',
  c: 'с',
  d: 'д',
  e: 'е',
  g: 'д',
  h: 'нһ',
  i: 'і',
  j: 'ј',
  k: 'к',
  m: 'мт',
  n: 'пи',
  o: 'о',
  p: 'р',
  q: 'ԛ',
  r: 'гя',
  s: 'ѕ',
  t: 'т',
  u: 'и',
  w: 'ш',
  x: 'х',
  y: 'у',
  ë: 'ё',
  ï: 'ї',
};

/** Letters that are printed like a digit, in lower case. */
const digits: Readonly<Record<string, string>> = {
  o: '0',
  о: '0',
  i: '1',
  l: '1',
  '|': '1',
  z: '2',
  з: '3',
  ч: '4',
  s: '5',
  б: '6',
  b: '8',
  в: '8',
};

/** Whether two words in lower case differ, and only by letters that Latin and Cyrillic print alike. */
export function areScriptTwins(a: string, b: string): boolean {
  if (a === b || a.length !== b.length) return false;
  return Array.from(a).every((letter, index) => {
    const other = b.charAt(index);
    return letter === other || isTwin(letter, other) || isTwin(other, letter);
  });
}

/** A word in lower case with a digit for every letter that looks like one. */
export function foldDigits(word: string): string {
  return Array.from(word, (letter) => digits[letter] ?? letter).join('');
}

function isTwin(latin: string, cyrillic: string): boolean {
  return twins[latin]?.includes(cyrillic) ?? false;
}
