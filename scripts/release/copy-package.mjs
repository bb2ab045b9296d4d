import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What no package reads while it runs. */
const unneeded = [
  /\.(map|[cm]?ts|flow|cc|h|gyp|gypi|patch|tgz)$/,
  /^(tests?|docs?|examples?|bench|benchmarks?|coverage|\.github)\//i,
  /^(readme|changelog|changes|history|contributing|security|code_of_conduct|upgrading|migration)[^/]*$/i,
];

/** Of packages with large parts that the server does not use: the files that it does. */
const used = {
  '@embedpdf/pdfium': /^dist\/(index\.js|pdfium\.wasm)$/,
  'onnxruntime-node': new RegExp(`^(dist/|bin/napi-v\\d+/${process.platform}/${process.arch}/)`),
  'tesseract.js-core': /^tesseract-core-simd-lstm\.(js|wasm)$/,
  '@tesseract.js-data/eng': /^(index\.js|4\.0\.0_best_int\/)/,
  '@opentelemetry/api': /^build\/src\//,
  bintrees: /^(index\.js|lib\/)/,
  'dejavu-fonts-ttf': /^ttf\/DejaVuSans\.ttf$/,
  'libphonenumber-js': /^(max|core|es6)\/|^metadata\.max\./,
  'node-forge': /^lib\//,
  pino: /^(pino\.js|file\.js|lib\/)/,
  protobufjs: /^(src|lib|google|ext|light|minimal|index)\b/,
  tdigest: /^tdigest\.js$/,
};

/** Bundlers put the notices of what they bundled into files of their own. */
const license = /^(licen[cs]e|copying|notice|copyright|thirdpartynotices)[^/]*$|^[^/]+\.LICENSE\.txt$/i;

/** Copies what a package needs to run. `location` is its folder from `from` on, as in `node_modules/NAME`. */
export function copyPackage(from, location, to) {
  const name = location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const isNeeded = (file) =>
    file === 'package.json' ||
    license.test(file) ||
    ((used[name]?.test(file) ?? true) && !unneeded.some((pattern) => pattern.test(file)));
  for (const file of filesIn(join(from, location))) {
    if (isNeeded(file)) copyFile(join(from, location, file), join(to, location, file));
  }
}

export function copyFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Paths of all files in a folder, without those of packages in it. */
export function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    if (entry.name === 'node_modules') return [];
    return filesIn(join(folder, entry.name)).map((file) => `${entry.name}/${file}`);
  });
}

/** The license files of a package, from its folder on. */
export function licenseFiles(folder) {
  return readdirSync(folder).filter((file) => license.test(file));
}
