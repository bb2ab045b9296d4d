import { editDistance } from './edit-distance.js';

/** The most similar name, or undefined if none is similar: at most one character in three may differ. */
export function nearestName(text: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.floor(text.length / 3) + 1;
  for (const name of names) {
    const distance = editDistance(text, name);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}
