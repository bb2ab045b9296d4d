import type { Rectangle } from '../../../image/polygon.js';
import { editDistance } from '../../../strings/edit-distance.js';
import { unionOf } from '../line/geometry.js';
import { letterPairs } from '../read/homoglyphs.js';
import type { DocumentLine, DocumentWord, Passage } from './document.js';

/** A label that is printed on a form, where it was found. */
interface FoundLabel {
  readonly name: string;
  readonly words: readonly DocumentWord[];
  readonly confidence: number;
  readonly upright: Rectangle;
}

/** Part of the letters of a label that may be misread. */
const mayDiffer = 0.25;
/** A value stands that far above or below the line of its label, in heights of the label. */
const rowReach = 0.9;
/** Rows of one value are not further apart than that, in heights of a row. */
const rowPitch = 2.6;

/** The capitals that Latin and digits lend to misread Cyrillic. */
const cyrillicHomoglyphs = letterPairs('AАBВEЕKКMМHНOОPРCСTТXХYУ0О3З6БNИRЯ');

/** Finds the labels of a form, and the values that stand beside or below them. */
export class LabeledForm {
  readonly #labels: FoundLabel[];
  readonly #values: ReadonlyArray<{ word: DocumentWord; confidence: number }>;

  /** @param labels names, and what is printed for each, in any of some ways */
  constructor(lines: readonly DocumentLine[], labels: Readonly<Record<string, readonly string[]>>) {
    const all = Object.entries(labels).flatMap(([name, ways]) =>
      ways.map((way) => ({ name, letters: lettersOf(way) })),
    );
    // Longer ones first: "Паспорт выдан" holds "Паспорт".
    all.sort((a, b) => b.letters.length - a.letters.length);
    const taken = new Set<DocumentWord>();
    this.#labels = [];
    for (const { name, letters } of all) {
      if (this.label(name) !== undefined) continue;
      const found = nearest(lines, letters, taken);
      if (found === undefined) continue;
      const { words, confidence } = found;
      words.forEach((word) => taken.add(word));
      this.#labels.push({ name, words, confidence, upright: unionOf(words.map(({ upright }) => upright)) });
    }
    const level = lines.filter(({ isLevel }) => isLevel);
    this.#values = level.flatMap(({ words, confidence }) =>
      words.filter((word) => !taken.has(word)).map((word) => ({ word, confidence })),
    );
  }

  /** The label itself. */
  label(name: string): Passage | undefined {
    const found = this.#labels.find((label) => label.name === name);
    return (
      found && { text: found.words.map(({ text }) => text).join(' '), words: found.words, confidence: found.confidence }
    );
  }

  /**
   * The words on the row of a label, to its right, and those of the rows below, up to the next label; where there is nothing
   * on its row, those below it.
   * @param rows how many rows of words are taken at most
   */
  value(name: string, rows = 1): Passage | undefined {
    const label = this.#labels.find((other) => other.name === name);
    if (label === undefined) return undefined;
    const { left, right, top, bottom } = label.upright;
    const height = bottom - top;
    const others = this.#labels.filter((other) => other !== label);
    const nextRight = others.filter(
      ({ upright }) => upright.left > right && Math.abs(middle(upright) - middle(label.upright)) < height,
    );
    const rightEnd = Math.min(Infinity, ...nextRight.map(({ upright }) => upright.left));
    const nextBelow = others.filter(
      ({ upright }) => upright.top > bottom - height / 3 && upright.left < rightEnd && upright.right > left - height,
    );
    const bottomEnd = Math.min(Infinity, ...nextBelow.map(({ upright }) => middle(upright) - height * rowReach));
    const found: Array<{ word: DocumentWord; confidence: number }> = [];
    const within = this.#values.filter(
      ({ word: { upright } }) =>
        upright.left < rightEnd && middle(upright) < bottomEnd && middle(upright) > top - height * rowReach,
    );
    const beside = within.filter(
      ({ word: { upright } }) => upright.left > right - height && middle(upright) < bottom + height * rowReach,
    );
    found.push(...beside);
    let last = beside.length > 0 ? unionOf(beside.map(({ word }) => word.upright)) : label.upright;
    for (let row = beside.length > 0 ? 1 : 0; row < rows; row++) {
      const below = within.filter(
        ({ word }) =>
          !found.some((one) => one.word === word) &&
          middle(word.upright) > last.bottom &&
          word.upright.right > left - height,
      );
      const first = Math.min(...below.map(({ word }) => middle(word.upright)));
      const limit = last.bottom + rowPitch * Math.max(height, last.bottom - last.top);
      const next = below.filter(
        ({ word: { upright } }) =>
          middle(upright) - first < (upright.bottom - upright.top) / 2 && middle(upright) < limit,
      );
      if (next.length === 0) break;
      found.push(...next);
      last = unionOf(next.map(({ word }) => word.upright));
    }
    if (found.length === 0) return undefined;
    const words = inReadingOrder(found.map(({ word }) => word));
    return {
      text: words.map(({ text }) => text).join(' '),
      words,
      confidence: Math.min(...found.map(({ confidence }) => confidence)),
    };
  }
}

function middle({ top, bottom }: Rectangle): number {
  return (top + bottom) / 2;
}

function inReadingOrder(words: readonly DocumentWord[]): DocumentWord[] {
  const height = Math.max(...words.map(({ upright: { top, bottom } }) => bottom - top));
  const first = Math.min(...words.map(({ upright }) => middle(upright)));
  const row = ({ upright }: DocumentWord): number => Math.round((middle(upright) - first) / height);
  return words.toSorted((a, b) => row(a) - row(b) || a.upright.left - b.upright.left);
}

/** The words of a line that come nearest to a label, if they come near enough. */
function nearest(
  lines: readonly DocumentLine[],
  label: string,
  taken: ReadonlySet<DocumentWord>,
): { words: DocumentWord[]; confidence: number } | undefined {
  let best: { words: DocumentWord[]; confidence: number } | undefined;
  let least = Math.floor(mayDiffer * label.length) + 1;
  for (const { words, confidence } of lines) {
    for (let first = 0; first < words.length; first++) {
      let letters = '';
      for (let end = first; end < words.length && letters.length <= label.length; end++) {
        if (taken.has(words[end]!)) break;
        letters += lettersOf(words[end]!.text);
        const difference = editDistance(letters, label);
        if (difference >= least) continue;
        least = difference;
        best = { words: words.slice(first, end + 1), confidence };
      }
    }
  }
  return best;
}

/** Capital letters alone, all Cyrillic that may be: "Kод" and "КОД" are one label. */
export function lettersOf(text: string): string {
  return Array.from(text.toUpperCase().replaceAll('Ё', 'Е').replaceAll('Й', 'И'))
    .map((letter) => cyrillicHomoglyphs.get(letter) ?? letter)
    .filter((letter) => /\p{L}/u.test(letter))
    .join('');
}
