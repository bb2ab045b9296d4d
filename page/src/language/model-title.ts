import { classModels } from '../api/features.js';
import type { Messages } from './english.js';

/** The name of a classification model: of an operator's own, as it is. */
export function modelTitle(model: string, say: Messages): string {
  const known = classModels.find((name) => name === model);
  return known === undefined ? model : say.classModel[known];
}
