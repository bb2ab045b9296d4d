import { setting } from './setting.js';
import { integer, oneOf } from './values.js';

/** Settings of PDF files. */
export const pdfSettings = {
  'max-pdf-pages': setting(
    'N',
    '8',
    'Maximum pages of a PDF file. Each page counts as an image in --max-queue and --quota-images.',
    integer(1, 1000),
  ),
  'pdf-dpi': setting(
    'DPI',
    '200',
    'Resolution at which pages of PDF files are rendered. A page that would have more than --max-pixels is scaled down.',
    integer(36, 1200),
  ),
  'pdf-text': setting(
    'MODE',
    'never',
    'Whether the text layer of PDF files corrects what is read: never, or auto, where it agrees with what is seen.',
    oneOf('never', 'auto'),
  ),
} as const;
