/** Probabilities of the classes of nsfwjs: Drawing, Hentai, Neutral, Porn, Sexy. */
export type NsfwProbabilities = ArrayLike<number>;

const hentai = 1;
const porn = 3;
const sexy = 4;
/** Sexy is lingerie and swimwear: it counts by half. */
const sexyShare = 0.5;

/** Below this the smaller network is not doubted: the larger one could only lower its score. */
const doubt = 0.15;

/** The networks were trained on five classes of equal size, two of which are adult. */
const trainedShare = 2 / 5;
/** Share of adult images that a service which moderates is taken to get. */
const expectedShare = 1 / 5;

/** Whether the larger network is to be asked as well. */
export function isDoubtful(first: NsfwProbabilities): boolean {
  return rawScore(first) > doubt;
}

/**
 * Probability that an image is for adults. Both networks must say so, if both were asked. Their odds are corrected
 * by Bayes' rule from the share of adult images in training to the expected one (Saerens, Latinne, Decaestecker 2002).
 */
export function adultProbability(first: NsfwProbabilities, second: NsfwProbabilities | undefined): number {
  const score = Math.min(rawScore(first), second === undefined ? 1 : rawScore(second));
  const adult = (score * expectedShare) / trainedShare;
  const other = ((1 - score) * (1 - expectedShare)) / (1 - trainedShare);
  return adult / (adult + other);
}

function rawScore(probabilities: NsfwProbabilities): number {
  const at = (index: number): number => probabilities[index] ?? 0;
  return Math.min(1, at(hentai) + at(porn) + sexyShare * at(sexy));
}
