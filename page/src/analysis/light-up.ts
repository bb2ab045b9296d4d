import type { Format } from '../language/format.js';
import { belongsTo } from './shapes.js';

const wide = '(min-width: 900px)';

/**
 * Lights up what belongs to a key, in the picture and in the text. Classes are set directly: a page has thousands of
 * words, and rendering all of them at each move of the pointer would lag behind it.
 * @param key undefined for nothing
 * @param fromPicture whether the text is to be scrolled to what is pointed at
 */
export function lightUp(root: Element, key: string | undefined, fromPicture: boolean): void {
  let first: Element | undefined;
  for (const element of root.querySelectorAll('[data-key]')) {
    const own = element.getAttribute('data-key') ?? '';
    const isLit =
      key !== undefined && belongsTo(own, key) && (own.length >= key.length || element.closest('svg') !== null);
    element.classList.toggle('is-lit', isLit);
    if (isLit && first === undefined && element.closest('.text') !== null) first = element;
  }
  // On a phone, text and picture are not side by side: scrolling would take the picture away.
  if (fromPicture && first !== undefined && matchMedia(wide).matches) first.scrollIntoView({ block: 'nearest' });
}

/** What is pointed at, for the line below the picture. */
export function readoutOf(element: Element | null, format: Format): string {
  const label = element?.getAttribute('data-label') ?? '';
  const confidence = element?.getAttribute('data-confidence');
  if (label === '') return '';
  return confidence === null || confidence === undefined ? label : `${label} · ${format.percent(Number(confidence))}`;
}
