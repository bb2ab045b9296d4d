import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseBboxLayout } from '../../datasets/documents/bbox-layout.js';
import type { DocumentPage } from '../../datasets/documents/document-page.js';
import { documentPackages, packageDocuments, type PackageDocument } from '../../datasets/documents/package-pages.js';
import { commandsOf, unpackedPackage } from './debian-packages.js';

/** Downloads what is missing, and renders those of the chosen pages whose names match a pattern into a folder. */
export function renderPackagePages(dpi: number, folder: string, only: RegExp): DocumentPage[] {
  const poppler = commandsOf('poppler-utils', 'pdftoppm');
  const roots = Object.entries(documentPackages).map(([name, version]) => unpackedPackage(name, version));
  mkdirSync(folder, { recursive: true });
  return packageDocuments.flatMap((document) => {
    const nameOf = (number: number): string => `${document.language}_${basename(document.file)}_${number}`;
    const pdf = pdfOf(document, roots, folder);
    return Object.entries(document.pages).flatMap(([kind, numbers]) =>
      numbers
        .filter((number) => only.test(`${nameOf(number)}.png`))
        .map((number): DocumentPage => {
          const stem = join(folder, nameOf(number));
          const page = ['-f', String(number), '-l', String(number)];
          poppler('pdftoppm', [...page, '-r', String(dpi), '-png', '-singlefile', pdf, stem]);
          const layout = poppler('pdftotext', [...page, '-bbox-layout', pdf, '-']).toString();
          return {
            path: `${stem}.png`,
            kind,
            language: document.language,
            languages: document.language === 'en' ? ['en'] : [document.language, 'en'],
            lines: parseBboxLayout(layout, dpi),
          };
        }),
    );
  });
}

/** The path of a document, unpacked into the folder where the package has it compressed. */
function pdfOf({ file }: PackageDocument, roots: readonly string[], folder: string): string {
  const candidates = roots.map((root) => join(root, 'usr', 'share', `${file}.pdf`));
  const plain = candidates.find(existsSync);
  if (plain !== undefined) return plain;
  const compressed = candidates.map((path) => `${path}.gz`).find(existsSync);
  if (compressed === undefined) throw new Error(`No package has ${file}.pdf`);
  const unpacked = join(folder, `${basename(file)}.pdf`);
  writeFileSync(unpacked, gunzipSync(readFileSync(compressed)));
  return unpacked;
}
