import type { Rectangle } from './polygon.js';

/** A word that a file says is at a place of its image, in pixels. It may say what it likes. */
export interface LayerWord extends Rectangle {
  readonly text: string;
}
