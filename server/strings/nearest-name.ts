import { editDistance } from './edit-distance.js';

/**
 * What an error text adds for a misspelled name: " Did you mean NAME?", or nothing.
 * @param prefix of the name where it is shown, as in `--`
 */
export function didYouMean(text: string, names: Iterable<string>, prefix = ''): string {
  const nearest = nearestName(text, names);
  return nearest === undefined ? '' : ` Did you mean ${prefix}${nearest}?`;
}

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
