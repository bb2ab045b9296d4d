import type { DrawnText } from './draw-text.js';

/** Check digit of ICAO Doc 9303: weights of 7, 3 and 1 by turns. */
function checkDigit(text: string): string {
  const value = (character: string): number =>
    character === '<' ? 0 : /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 55;
  return String(
    Array.from(text).reduce((sum, character, index) => sum + value(character) * [7, 3, 1][index % 3]!, 0) % 10,
  );
}

/** The second line of a passport's machine-readable zone, with its check digits. */
export function secondLine(
  number: string,
  state: string,
  birth: string,
  sex: string,
  expiration: string,
  personal: string,
): string {
  const [numbered, born, expires, own] = [number.padEnd(9, '<'), birth, expiration, personal.padEnd(14, '<')].map(
    (text) => text + checkDigit(text),
  );
  return `${numbered}${state}${born}${sex}${expires}${own}${checkDigit(`${numbered}${born}${expires}${own}`)}`;
}

/** The lines of a zone, in letters of one width. @param size in pixels */
export function zone(lines: readonly string[], x: number, y: number, size: number): DrawnText[] {
  return lines.map((text, row) => ({ text: text.padEnd(44, '<'), x, y: y + row * size * 1.8, size, face: 'mono' }));
}
