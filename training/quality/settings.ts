/** What was chosen by cross-validation on the training part. */
export const settings = {
  /** Of everything that is drawn at random. */
  seed: 1,
  folds: 5,
  /** Principal components that are kept of the backbone's channels. */
  components: 112,
  /** Images that the components are found on: more do not turn them by much. */
  componentImages: 4000,
  /** Images of the training set that others are compared with. */
  landmarks: 768,
  ridge: 1,
  /** Points at which the opinions of the training set are kept, from the worst to the best. Thirds are among them. */
  opinions: 31,
} as const;
