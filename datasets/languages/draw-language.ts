import sharp, { type Sharp } from 'sharp';
import { languages, type Language } from '../../server/features/text-detection/language/languages.js';
import type { ScriptName } from '../../server/features/text-detection/language/scripts.js';
import { modelPath } from '../../server/inference/model-files.js';
import { languageTexts } from './language-texts.js';

/** A font of an npm package. */
export interface PackagedFont {
  /** Its family, as the file says. */
  readonly family: string;
  readonly package: string;
  /** Path inside the package. */
  readonly path: string;
}

const sans = { family: 'DejaVu Sans', package: 'dejavu-fonts-ttf', path: 'ttf/DejaVuSans.ttf' };
const serif = { family: 'DejaVu Serif', package: 'dejavu-fonts-ttf', path: 'ttf/DejaVuSerif.ttf' };
const tinos = google('Tinos', 'tinos', '400Regular/Tinos_400Regular');

/** Two fonts of different design for each script. Each has all letters of the texts. */
const fonts: Readonly<Record<ScriptName, readonly [PackagedFont, PackagedFont]>> = {
  latin: [sans, tinos],
  cyrillic: [sans, tinos],
  greek: [sans, tinos],
  hebrew: [sans, tinos],
  armenian: [sans, serif],
  georgian: [sans, serif],
  arabic: [
    sans,
    { family: 'Noto Naskh Arabic', package: '@embedpdf/fonts-arabic', path: 'fonts/NotoNaskhArabic-Regular.ttf' },
  ],
  thai: [
    google('Sarabun', 'sarabun', '400Regular/Sarabun_400Regular'),
    google('Trirong', 'trirong', 'Trirong_400Regular'),
  ],
  japanese: [
    google('Sawarabi Gothic', 'sawarabi-gothic', '400Regular/SawarabiGothic_400Regular'),
    google('Sawarabi Mincho', 'sawarabi-mincho', '400Regular/SawarabiMincho_400Regular'),
  ],
  hangul: [
    google('Gowun Dodum', 'gowun-dodum', '400Regular/GowunDodum_400Regular'),
    google('Gowun Batang', 'gowun-batang', '400Regular/GowunBatang_400Regular'),
  ],
  chinese: [
    google('ZCOOL XiaoWei', 'zcool-xiaowei', '400Regular/ZCOOLXiaoWei_400Regular'),
    google('ZCOOL QingKe HuangYou', 'zcool-qingke-huangyou', '400Regular/ZCOOLQingKeHuangYou_400Regular'),
  ],
};

/** Height of the letters' em and width of the margin, in pixels. */
const [size, margin] = [32, 40];

/** A text of a language in a font. */
export interface LanguageSample {
  readonly language: Language;
  readonly lines: readonly string[];
  readonly font: PackagedFont;
}

/** Every language of the API in each font of its script. */
export function languageSamples(): LanguageSample[] {
  return [...languages.values()].flatMap((language) => {
    const lines = languageTexts[language.code];
    if (lines === undefined) throw new Error(`There is no text in language ${language.code}`);
    return fonts[language.script].map((font) => ({ language, lines, font }));
  });
}

/** Draws the lines of a sample below each other, black on white, shaped and directed by Pango. */
export function drawSample({ lines, font }: LanguageSample): Sharp {
  const text = {
    text: lines.join('\n'),
    font: `${font.family} ${size}`,
    fontfile: modelPath(font),
    dpi: 72,
    spacing: Math.round(size / 2),
  };
  const border = { top: margin, bottom: margin, left: margin, right: margin };
  // It is drawn in white on black, and sharp inverts an image after it has extended it.
  return sharp({ text })
    .extend({ ...border, background: 'black' })
    .negate()
    .toColorspace('srgb');
}

function google(family: string, name: string, path: string): PackagedFont {
  return { family, package: `@expo-google-fonts/${name}`, path: `${path}.ttf` };
}
