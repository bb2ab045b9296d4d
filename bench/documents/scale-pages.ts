import { basename, join } from 'node:path';
import sharp from 'sharp';
import { scaledPage, type DocumentPage } from '../../datasets/documents/document-page.js';

/** Writes every page at another scale into a folder, as PNG files. */
export function scalePages(pages: readonly DocumentPage[], scale: number, folder: string): Promise<DocumentPage[]> {
  return Promise.all(
    pages.map(async (page) => {
      const path = join(folder, basename(page.path).replace(/\.\w+$/, '.png'));
      const { width } = await sharp(page.path).metadata();
      await sharp(page.path)
        .resize({ width: Math.round(width * scale) })
        .png({ compressionLevel: 3 })
        .toFile(path);
      return scaledPage(page, path, scale);
    }),
  );
}
