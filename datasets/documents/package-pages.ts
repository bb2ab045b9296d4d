/** Debian packages with PDF files, in the versions whose pages are chosen below (Debian 12). */
export const documentPackages: Readonly<Record<string, string>> = {
  'debian-faq-ru': '11.1',
  'debian-history': '2.28',
  'debian-refcard': '12.0',
  'debian-reference-es': '2.100',
  'developers-reference-de': '12.18',
  'installation-guide-amd64': '20230508+deb12u1',
  'linuxcnc-doc-de': '2.9.0~pre1+git20230208.f1270d6ed7-1+deb12u2',
  'linuxcnc-doc-en': '2.9.0~pre1+git20230208.f1270d6ed7-1+deb12u2',
  'maint-guide-ru': '1.2.53',
  'texlive-lang-cyrillic': '2022.20230122-1',
  'texlive-lang-czechslovak': '2022.20230122-1',
  'texlive-lang-european': '2022.20230122-1',
  'texlive-lang-german': '2022.20230122-1',
  'texlive-lang-italian': '2022.20230122-1',
  'texlive-lang-other': '2022.20230122-1',
  'texlive-lang-polish': '2022.20230122-1',
  'texlive-lang-spanish': '2022.20230122-1',
};

/** A PDF file of the packages. */
export interface PackageDocument {
  /** Below /usr/share, without `.pdf` or `.pdf.gz`. */
  readonly file: string;
  /** ISO 639-1 code of the language of most words. English is asked for besides. */
  readonly language: string;
  /** Numbers of pages, from 1, by what stands on them. */
  readonly pages: Readonly<Partial<Record<'code' | 'prose' | 'smallprint' | 'table', readonly number[]>>>;
}

/**
 * The chosen pages: with a text layer that says what is printed, without screenshots, whose text it does not have, and
 * with few formulas, whose letters it has in codes of their fonts. lshort is left out in Russian, where its layer is not in
 * Unicode, and in Ukrainian, where it has the і of Cyrillic in commands.
 */
export const packageDocuments: readonly PackageDocument[] = [
  { file: 'doc/installation-guide-amd64/ru/install.ru', language: 'ru', pages: { prose: [20, 77], table: [110] } },
  { file: 'doc/maint-guide-ru/maint-guide.ru', language: 'ru', pages: { code: [20, 31] } },
  { file: 'doc/debian/FAQ/debian-faq.ru', language: 'ru', pages: { prose: [40, 50] } },
  { file: 'doc/debian-history/docs/project-history.ru', language: 'ru', pages: { prose: [9, 15] } },
  { file: 'doc/texlive-doc/latex/eskdx/manual/eskdx', language: 'ru', pages: { code: [22], table: [14] } },
  { file: 'doc/texlive-doc/latex/eskd/eskd', language: 'ru', pages: { code: [10] } },
  { file: 'doc/texlive-doc/bibtex/gost/examples/utf8/ugost2008', language: 'ru', pages: { smallprint: [6, 20] } },
  { file: 'doc/texlive-doc/latex/russ/russ_doc', language: 'ru', pages: { code: [3] } },
  { file: 'doc/debian-refcard/refcard-uk-a4', language: 'uk', pages: { smallprint: [1, 2] } },
  { file: 'doc/texlive-doc/latex/lshort-bulgarian/lshort-bg', language: 'bg', pages: { code: [60] } },
  { file: 'doc/texlive-doc/latex/lshort-czech/lshort-cs', language: 'cs', pages: { code: [50] } },
  { file: 'doc/installation-guide-amd64/cs/install.cs', language: 'cs', pages: { prose: [50] } },
  { file: 'doc/debian-refcard/refcard-cs-a4', language: 'cs', pages: { smallprint: [1] } },
  { file: 'doc/texlive-doc/latex/lshort-polish/lshort-pl', language: 'pl', pages: { code: [60, 120] } },
  { file: 'doc/texlive-doc/latex/lshort-slovak/slshorte', language: 'sk', pages: { code: [35] } },
  { file: 'doc/texlive-doc/latex/lshort-slovenian/lshort-slovenian', language: 'sl', pages: { code: [45] } },
  { file: 'doc/texlive-doc/latex/lshort-german/l2kurz', language: 'de', pages: { code: [15] } },
  { file: 'doc/linuxcnc/LinuxCNC_Documentation_de', language: 'de', pages: { code: [640], table: [356, 988] } },
  { file: 'developers-reference/de/developers-reference', language: 'de', pages: { prose: [60] } },
  {
    file: 'doc/linuxcnc/LinuxCNC_Documentation',
    language: 'en',
    pages: { code: [1000], table: [411, 863, 902, 1330] },
  },
  { file: 'doc/linuxcnc/LinuxCNC_Manual_Pages', language: 'en', pages: { table: [282] } },
  { file: 'debian-reference/debian-reference.es', language: 'es', pages: { code: [60], table: [157, 200] } },
  { file: 'doc/texlive-doc/latex/lshort-spanish/lshort-a4', language: 'es', pages: { code: [100] } },
  { file: 'doc/texlive-doc/latex/lshort-italian/it-lshort', language: 'it', pages: { prose: [45] } },
  { file: 'doc/debian-refcard/refcard-it-a4', language: 'it', pages: { smallprint: [2] } },
  { file: 'doc/texlive-doc/latex/lshort-finnish/lyhyt2e', language: 'fi', pages: { code: [60] } },
  { file: 'doc/texlive-doc/latex/lshort-turkish/lshort-tr', language: 'tr', pages: { code: [45] } },
  { file: 'doc/texlive-doc/latex/lshort-vietnamese/lshort-vi', language: 'vi', pages: { prose: [55] } },
  { file: 'doc/debian-refcard/refcard-vi-a4', language: 'vi', pages: { smallprint: [2] } },
  { file: 'doc/debian-history/docs/project-history.lt', language: 'lt', pages: { prose: [10] } },
  { file: 'doc/installation-guide-amd64/pt/install.pt', language: 'pt', pages: { prose: [60] } },
];
