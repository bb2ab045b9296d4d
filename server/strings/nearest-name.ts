import { editDistance } from './edit-distance.js';

/** The name that was probably meant, or undefined where none is near: one letter in three may be wrong. */
export function nearestName(text: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.floor(text.length / 3) + 1;
  for (const name of names) {
    const distance = editDistance(text, name);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}
