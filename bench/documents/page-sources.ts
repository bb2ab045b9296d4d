import { basename, join } from 'node:path';
import sharp from 'sharp';
import { readDocuments, scaledPage, type DocumentPage } from '../../datasets/documents/document-page.js';
import { scanEffects, scanPage } from '../../datasets/documents/scan-page.js';
import { catalogueTexts } from '../../datasets/drawn/catalogue-texts.js';
import { cataloguePage, catalogueWords, drawCatalogue } from '../../datasets/drawn/draw-catalogue.js';
import { renderPackagePages } from './render-pages.js';

/** Resolution of the pages of a folder, of scans, and the one at which time is measured and Tesseract is asked. */
export const baseDpi = 150;

/** Seeds of the drawn pages. Each draws one page in every language of their texts. */
const catalogueSeeds = [1, 2, 3, 4];

/** Writes the pages at a resolution into a folder that is there for them alone. */
export type PageSource = (dpi: number, folder: string) => Promise<DocumentPage[]>;

/** Pages of a folder, at another resolution than their own scaled. @param only pattern of the names of the pages */
export function folderPages(folder: string, only: RegExp): PageSource {
  const pages = readDocuments(folder).filter(({ path }) => only.test(basename(path)));
  return (dpi, target) => (dpi === baseDpi ? Promise.resolve(pages) : scalePages(pages, dpi / baseDpi, target));
}

/** Pages of Debian's packages and drawn ones, rendered at every resolution anew. */
export function builtPages(only: RegExp): PageSource {
  return async (dpi, folder) => [
    ...(await renderPackagePages(dpi, folder, only)),
    ...(await drawCataloguePages(dpi, folder)).filter(({ path }) => only.test(basename(path))),
  ];
}

/** Every page at another scale, as PNG files in a folder. */
export async function scalePages(
  pages: readonly DocumentPage[],
  scale: number,
  folder: string,
): Promise<DocumentPage[]> {
  const scaled: DocumentPage[] = [];
  for (const page of pages) {
    const path = join(folder, basename(page.path).replace(/\.\w+$/, '.png'));
    const { width } = await sharp(page.path).metadata();
    const image = sharp(page.path).resize({ width: Math.round(width * scale) });
    await image.png({ compressionLevel: 3 }).toFile(path);
    scaled.push(scaledPage(page, path, scale));
  }
  return scaled;
}

/** Every fifth page as a scan, with each effect. The kind of such a page is the effect. */
export async function scannedPages(pages: readonly DocumentPage[], folder: string): Promise<DocumentPage[]> {
  const scans: DocumentPage[] = [];
  for (const [index, page] of pages.filter((_, each) => each % 5 === 0).entries()) {
    for (const effect of scanEffects) {
      const stem = basename(page.path).replace(/\.\w+$/, `-${effect}`);
      scans.push(await scanPage(page, effect, index + 1, join(folder, `${stem}.${effect === 'jpeg' ? 'jpg' : 'png'}`)));
    }
  }
  return scans;
}

function drawCataloguePages(dpi: number, folder: string): Promise<DocumentPage[]> {
  return Promise.all(
    catalogueTexts.flatMap((texts) =>
      catalogueSeeds.map(async (seed): Promise<DocumentPage> => {
        const [page, scale] = [cataloguePage(texts, seed), dpi / 72];
        const path = join(folder, `${texts.language}_drawn_${seed}.png`);
        await drawCatalogue(page, scale).png().toFile(path);
        const languages = texts.language === 'en' ? ['en'] : [texts.language, 'en'];
        return { path, kind: 'catalogue', language: texts.language, languages, lines: catalogueWords(page, scale) };
      }),
    ),
  );
}
