/** Codes that TEXT_DETECTION takes, those first that every installation reads. Others must be pulled by the operator. */
export const textLanguages = {
  builtIn:
    'en ru az ba be bg bs cs da de es et fi fr hu id it kk ky lt lv mt nl no pl pt ro sk sl sr sv tg tr tt uk uz vi zh'.split(
      ' ',
    ),
  pulled: 'ar el he hy ja ka ko th'.split(' '),
} as const;

/** A name as it stands in a list: `German`, `немецкий`. The code itself if the browser knows no name. */
export function languageName(code: string, language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(code) ?? code;
}
