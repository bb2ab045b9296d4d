import type { Rectangle } from '../../../image/polygon.js';
import { editDistance } from '../../../strings/edit-distance.js';
import { unionOf } from '../line/geometry.js';
import { letterPairs } from '../read/homoglyphs.js';
import type { DocumentLine, DocumentWord, Passage } from './document.js';

/** A label that was found on a form. */
interface Label {
  readonly name: string;
  readonly words: readonly DocumentWord[];
  readonly confidence: number;
  readonly upright: Rectangle;
}

/** A word that belongs to no label, with the confidence of its line. */
interface ValueWord {
  readonly word: DocumentWord;
  readonly confidence: number;
}

// Chosen by hand, with the documents of datasets/drawn/draw-documents.ts as tests.

/** Share of the letters of a label that may be misread. */
const maxMisreadShare = 0.25;
/** How far the middle of a value may be above or below its label, in heights of the label. */
const rowReach = 0.9;
/** How far the middle of a row may be below the row above it, in heights of that row or of the label if it is higher. */
const maxRowPitch = 2.6;

/** Latin capitals and digits that misread Cyrillic capitals look like. */
const cyrillicHomoglyphs = letterPairs('AАBВEЕKКMМHНOОPРCСTТXХYУ0О3З6БNИRЯ');

/** Finds the labels of a form, and the values that are beside or below them. */
export class LabeledForm {
  readonly #labels: Label[] = [];
  readonly #values: readonly ValueWord[];

  /** @param labels by name, each in the wordings that forms print */
  constructor(lines: readonly DocumentLine[], labels: Readonly<Record<string, readonly string[]>>) {
    const wordings = Object.entries(labels)
      .flatMap(([name, texts]) => texts.map((text) => ({ name, letters: lettersOf(text) })))
      // The longest first: "Паспорт выдан" contains "Паспорт".
      .toSorted((a, b) => b.letters.length - a.letters.length);
    const taken = new Set<DocumentWord>();
    const lettersByWord = new Map(lines.flatMap(({ words }) => words.map((word) => [word, lettersOf(word.text)])));
    const readLetters = (word: DocumentWord): string => lettersByWord.get(word) ?? '';
    for (const { name, letters } of wordings) {
      if (this.#find(name) !== undefined) continue;
      const match = findWording(lines, letters, taken, readLetters);
      if (match === undefined) continue;
      for (const word of match.words) taken.add(word);
      this.#labels.push({ name, ...match, upright: unionOf(match.words.map(({ upright }) => upright)) });
    }
    this.#values = lines
      .filter(({ isLevel }) => isLevel)
      .flatMap(({ words, confidence }) =>
        words.filter((word) => !taken.has(word)).map((word) => ({ word, confidence })),
      );
  }

  /** The label itself. */
  label(name: string): Passage | undefined {
    const label = this.#find(name);
    return label && { text: textOf(label.words), words: label.words, confidence: label.confidence };
  }

  /**
   * The value of a label: the words on its row, to its right, and then those of the rows below, up to the next labels. If
   * its row has no words, the value begins below the label.
   * @param maxRows of the value
   */
  value(name: string, maxRows = 1): Passage | undefined {
    const label = this.#find(name);
    if (label === undefined) return undefined;
    const candidates = this.#wordsUpToNextLabels(label.upright);
    const beside = candidates.filter(({ word }) => isBeside(word.upright, label.upright));
    const rows = beside.length > 0 ? [beside] : [];
    while (rows.length < maxRows) {
      const lastRow = rows.at(-1);
      const above = lastRow === undefined ? label.upright : unionOf(lastRow.map(({ word }) => word.upright));
      const row = rowBelow(candidates, above, label.upright);
      if (row.length === 0) break;
      rows.push(row);
    }
    const values = rows.flat();
    if (values.length === 0) return undefined;
    const words = inReadingOrder(values.map(({ word }) => word));
    return { text: textOf(words), words, confidence: Math.min(...values.map(({ confidence }) => confidence)) };
  }

  #find(name: string): Label | undefined {
    return this.#labels.find((label) => label.name === name);
  }

  /** Words from the row of a label down, left of the next label on its row and above the next label below. */
  #wordsUpToNextLabels(label: Rectangle): ValueWord[] {
    const height = heightOf(label);
    const others = this.#labels.map(({ upright }) => upright).filter((other) => other !== label);
    const onRow = others.filter(
      (other) => other.left > label.right && Math.abs(middleOf(other) - middleOf(label)) < height,
    );
    const rightEnd = Math.min(...onRow.map(({ left }) => left));
    const below = others.filter(
      (other) => other.top > label.bottom - height / 3 && other.left < rightEnd && other.right > label.left - height,
    );
    const bottomEnd = Math.min(...below.map(middleOf)) - rowReach * height;
    return this.#values.filter(({ word: { upright } }) => {
      const middle = middleOf(upright);
      return upright.left < rightEnd && middle < bottomEnd && middle > label.top - rowReach * height;
    });
  }
}

function isBeside(word: Rectangle, label: Rectangle): boolean {
  const height = heightOf(label);
  return word.left > label.right - height && middleOf(word) < label.bottom + rowReach * height;
}

/** The first row of words below a rectangle, if it is close enough and does not end left of the label. */
function rowBelow(candidates: readonly ValueWord[], above: Rectangle, label: Rectangle): ValueWord[] {
  const below = candidates.filter(
    ({ word: { upright } }) => middleOf(upright) > above.bottom && upright.right > label.left - heightOf(label),
  );
  const firstMiddle = Math.min(...below.map(({ word }) => middleOf(word.upright)));
  const limit = above.bottom + maxRowPitch * Math.max(heightOf(label), heightOf(above));
  return below.filter(({ word: { upright } }) => {
    const middle = middleOf(upright);
    return middle < limit && middle - firstMiddle < heightOf(upright) / 2;
  });
}

function inReadingOrder(words: readonly DocumentWord[]): DocumentWord[] {
  const rowHeight = Math.max(...words.map(({ upright }) => heightOf(upright)));
  const firstMiddle = Math.min(...words.map(({ upright }) => middleOf(upright)));
  const rowOf = ({ upright }: DocumentWord): number => Math.round((middleOf(upright) - firstMiddle) / rowHeight);
  return words.toSorted((a, b) => rowOf(a) - rowOf(b) || a.upright.left - b.upright.left);
}

/** The words of a line that are nearest to a wording of a label, if they are near enough. */
function findWording(
  lines: readonly DocumentLine[],
  letters: string,
  taken: ReadonlySet<DocumentWord>,
  readLetters: (word: DocumentWord) => string,
): Pick<Label, 'words' | 'confidence'> | undefined {
  let best: Pick<Label, 'words' | 'confidence'> | undefined;
  let bestDistance = Math.floor(maxMisreadShare * letters.length) + 1;
  for (const { words, confidence } of lines) {
    for (let first = 0; first < words.length; first++) {
      let read = '';
      for (let end = first; end < words.length && read.length <= letters.length; end++) {
        if (taken.has(words[end]!)) break;
        read += readLetters(words[end]!);
        // The distance is at least the difference in length, which costs nothing to compute.
        if (Math.abs(read.length - letters.length) >= bestDistance) continue;
        const distance = editDistance(read, letters);
        if (distance >= bestDistance) continue;
        bestDistance = distance;
        best = { words: words.slice(first, end + 1), confidence };
      }
    }
  }
  return best;
}

/** The letters of a text as Cyrillic capitals if they look like some: "Kод" and "КОД" are one label. */
function lettersOf(text: string): string {
  return Array.from(text.toUpperCase().replaceAll('Ё', 'Е').replaceAll('Й', 'И'))
    .map((letter) => cyrillicHomoglyphs.get(letter) ?? letter)
    .filter((letter) => /\p{L}/u.test(letter))
    .join('');
}

function textOf(words: readonly DocumentWord[]): string {
  return words.map(({ text }) => text).join(' ');
}

function middleOf({ top, bottom }: Rectangle): number {
  return (top + bottom) / 2;
}

function heightOf({ top, bottom }: Rectangle): number {
  return bottom - top;
}
