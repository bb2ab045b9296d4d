import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An image of a set with the mean opinion of people about it, from 0 (bad) to 1 (excellent). */
export interface RatedImage {
  readonly name: string;
  readonly path: string;
  readonly score: number;
}

/**
 * Reads one part of the official split of BIQ2021 ("BIQ2021: A Large-Scale Blind Image Quality Assessment Database",
 * Ahmed, Asif, Journal of Electronic Imaging 31(5), 2022), as its public repository nisarahmedrana/BIQ2021 has it: a
 * folder `Images`, and a table `Train (Images and MOS).csv` and `Test (Images and MOS).csv` of names and scores.
 */
export function readRatings(folder: string, part: 'Train' | 'Test'): RatedImage[] {
  const table = readFileSync(join(folder, `${part} (Images and MOS).csv`), 'utf8');
  // One name of the table is written with other letters than its file: `.jpg` for `.JPG`.
  const files = new Map(readdirSync(join(folder, 'Images')).map((file) => [file.toLowerCase(), file]));
  const [, ...lines] = table.trim().split(/\r?\n/);
  return lines.map((line) => {
    const [name = '', score = ''] = line.split(',');
    const file = files.get(name.toLowerCase());
    if (file === undefined) throw new Error(`${folder}/Images has no ${name}`);
    const rating = Number.parseFloat(score);
    if (!(rating >= 0 && rating <= 1)) throw new Error(`The score of ${name} is ${score}, expected 0 to 1`);
    return { name, path: join(folder, 'Images', file), score: rating };
  });
}
