/** What is to be found in an image, as a person chose it. */
export interface Choices {
  readonly text: boolean;
  /** ISO 639-1 codes, or `*`. */
  readonly languages: readonly string[];
  readonly textModel: string;
  readonly faces: boolean;
  readonly classes: boolean;
  /** Names of classification models. */
  readonly models: readonly string[];
  readonly copies: boolean;
}

export const firstChoices: Choices = {
  text: true,
  languages: ['*'],
  textModel: 'page',
  faces: false,
  classes: false,
  models: ['quality', 'moderation'],
  copies: false,
};

export const textModels = [
  'page',
  'line',
  'passport',
  'driver-license-front',
  'driver-license-back',
  'vehicle-registration-front',
  'vehicle-registration-back',
  'license-plates',
] as const;

/** Models that every server has; operators add their own. */
export const classModels = ['quality', 'moderation', 'objects'] as const;

/** A feature of a request, as REST takes it. */
export type Feature =
  | {
      readonly type: 'TEXT_DETECTION';
      readonly textDetectionConfig: { readonly languageCodes: readonly string[]; readonly model: string };
    }
  | { readonly type: 'CLASSIFICATION'; readonly classificationConfig: { readonly model: string } }
  | { readonly type: 'FACE_DETECTION' }
  | { readonly type: 'IMAGE_COPY_SEARCH' };

/** At most so many features may be asked of an image, and so many languages named. */
export const maxFeatures = 8;
export const maxLanguages = 8;

/** The features of a request. Of a PDF, only text can be asked. */
export function featuresOf(choices: Choices, kind: 'image' | 'pdf'): readonly Feature[] {
  const text: Feature = {
    type: 'TEXT_DETECTION',
    textDetectionConfig: {
      languageCodes: choices.languages.length === 0 ? ['*'] : choices.languages.slice(0, maxLanguages),
      model: choices.textModel,
    },
  };
  if (kind === 'pdf') return choices.text ? [text] : [];
  const models: readonly Feature[] = choices.models.map((model) => ({
    type: 'CLASSIFICATION',
    classificationConfig: { model },
  }));
  const features: readonly Feature[] = [
    ...(choices.text ? [text] : []),
    ...(choices.faces ? [{ type: 'FACE_DETECTION' } as const] : []),
    ...(choices.copies ? [{ type: 'IMAGE_COPY_SEARCH' } as const] : []),
    ...(choices.classes ? models : []),
  ];
  return features.slice(0, maxFeatures);
}
