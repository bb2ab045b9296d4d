/** Probabilities of the classes of nsfwjs, in this order: Drawing, Hentai, Neutral, Porn, Sexy. */
export type NsfwProbabilities = ArrayLike<number>;

const hentai = 1;
const porn = 3;
const sexy = 4;
// `sexyWeight` and `doubtScore` were set by hand, without adult images to measure with. `npm run bench:moderation`
// measures the false positives on ordinary photos.

/** Weight of Sexy, which is lingerie and swimwear, in the score. */
const sexyWeight = 0.5;

/** Scores of the smaller network above this are checked with the larger one, which can only lower them. */
const doubtScore = 0.15;

/** Share of adult images in training: two of five classes of equal size. */
const trainedShare = 2 / 5;
/** Share of adult images among those that are moderated: an assumption. */
const expectedShare = 1 / 5;

/** Whether the answer of the smaller network must be checked with the larger one. */
export function isDoubtful(first: NsfwProbabilities): boolean {
  return rawScore(first) > doubtScore;
}

/**
 * Probability that an image is for adults: the lower score of the networks that ran, with its odds corrected by Bayes'
 * rule from the share of adult images in training to the expected one (Saerens, Latinne, Decaestecker 2002).
 */
export function adultProbability(first: NsfwProbabilities, second: NsfwProbabilities | undefined): number {
  const score = Math.min(rawScore(first), second === undefined ? 1 : rawScore(second));
  const adult = (score * expectedShare) / trainedShare;
  const other = ((1 - score) * (1 - expectedShare)) / (1 - trainedShare);
  return adult / (adult + other);
}

function rawScore(probabilities: NsfwProbabilities): number {
  const at = (index: number): number => probabilities[index] ?? 0;
  return Math.min(1, at(hentai) + at(porn) + sexyWeight * at(sexy));
}
