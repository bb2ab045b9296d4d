import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LabeledWord } from './word-boxes.js';

/** An image and the lines that stand in it. */
export interface LabeledImage {
  readonly path: string;
  readonly lines: readonly string[];
  /** Words with their boxes, where they are known. */
  readonly words: readonly LabeledWord[];
}

/**
 * Reads the images of a folder with their texts. Either every `NAME.gt.txt` holds the one line of the image
 * `NAME.png` or `NAME.bin.png`; or `ocr.json`, in the folder or beside it, is a list of `{ image, lines, words }` with paths
 * relative to itself. `words` may be left out; each is `[text, [left, top, right, bottom]]`.
 */
export function readGroundTruth(folder: string): LabeledImage[] {
  const files = readdirSync(folder);
  const transcripts = files.filter((file) => file.endsWith('.gt.txt'));
  if (transcripts.length > 0) {
    return transcripts.map((file) => {
      const stem = basename(file, '.gt.txt');
      const image = [`${stem}.png`, `${stem}.bin.png`, `${stem}.jpg`].find((name) => files.includes(name));
      if (image === undefined) throw new Error(`${file} has no image beside it`);
      return { path: join(folder, image), lines: [readFileSync(join(folder, file), 'utf8').trim()], words: [] };
    });
  }
  const list = files.includes('ocr.json') ? join(folder, 'ocr.json') : join(dirname(folder), 'ocr.json');
  const entries: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(entries)) throw new Error(`${list} is not a list`);
  return entries
    .map((entry) => parseEntry(entry, list))
    .filter(({ path }) => dirname(path) === folder.replace(/\/$/, ''));
}

function parseEntry(entry: unknown, list: string): LabeledImage {
  const isEntry = (value: unknown): value is { image: string; lines: string[] } =>
    typeof value === 'object' && value !== null && 'image' in value && 'lines' in value && Array.isArray(value.lines);
  if (!isEntry(entry)) throw new Error(`${list} has an entry without image and lines`);
  const words = 'words' in entry && Array.isArray(entry.words) ? entry.words.map((word) => parseWord(word, list)) : [];
  return { path: join(dirname(list), entry.image), lines: entry.lines, words };
}

function parseWord(word: unknown, list: string): LabeledWord {
  if (Array.isArray(word) && word.length === 2 && Array.isArray(word[1])) {
    const [left, top, right, bottom] = word[1].map(Number);
    if (left !== undefined && top !== undefined && right !== undefined && bottom !== undefined) {
      return { text: String(word[0]), box: [left, top, right, bottom] };
    }
  }
  throw new Error(`${list} has a word that is not [text, [left, top, right, bottom]]`);
}
