import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseBboxLayout } from '../../datasets/documents/bbox-layout.js';
import type { DocumentPage } from '../../datasets/documents/document-page.js';
import { documentPackages, packageDocuments, type PackageDocument } from '../../datasets/documents/package-pages.js';
import { commandsOf, unpackedPackage } from './debian-packages.js';

/** Downloads what is missing, and renders those of the chosen pages whose names match a pattern into a folder. */
export async function renderPackagePages(dpi: number, folder: string, only: RegExp): Promise<DocumentPage[]> {
  const poppler = commandsOf('poppler-utils', 'pdftoppm');
  const roots = Object.entries(documentPackages).map(([name, version]) => unpackedPackage(name, version));
  const chosen = packageDocuments.flatMap((document) =>
    Object.entries(document.pages).flatMap(([kind, numbers]) =>
      numbers.map((number) => ({
        document,
        kind,
        number,
        name: `${document.language}_${basename(document.file)}_${number}`,
      })),
    ),
  );
  const pages: DocumentPage[] = [];
  for (const { document, kind, number, name } of chosen.filter((each) => only.test(`${each.name}.png`))) {
    const pdf = pdfOf(document, roots, folder);
    const page = ['-f', String(number), '-l', String(number)];
    const stem = join(folder, name);
    const [layout] = await Promise.all([
      poppler('pdftotext', [...page, '-bbox-layout', pdf, '-']),
      poppler('pdftoppm', [...page, '-r', String(dpi), '-png', '-singlefile', pdf, stem]),
    ]);
    pages.push({
      path: `${stem}.png`,
      kind,
      language: document.language,
      languages: document.language === 'en' ? ['en'] : [document.language, 'en'],
      lines: parseBboxLayout(layout, dpi),
    });
  }
  return pages;
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
