import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenseFiles } from './copy-package.mjs';

/** The text of THIRD_PARTY.md: packages at `locations`, and models with their licenses. */
export function thirdParty(root, locations, models) {
  const packages = locations
    .toSorted((a, b) => a.localeCompare(b))
    .map((location) => {
      const folder = join(root, location);
      const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const about = [licenseName(license), homepage].filter(Boolean).join(', ');
      return [`### ${name} ${version}`, about, ...licenseTexts(folder, license)].join('\n\n');
    });
  return `# Third-party notices

visiond itself is licensed under MIT (LICENSE). This folder also contains third-party models and packages.

## Models

${models.map(({ purpose, source, license }) => `- ${purpose}: ${source}. ${license}`).join('\n')}

## Packages

${packages.join('\n\n')}
`;
}

/** What a package says about its license, indented. Some say it in their README alone. */
function licenseTexts(folder, license) {
  const files = licenseFiles(folder);
  const readme =
    files.length === 0 || /readme/i.test(license) ? readdirSync(folder).filter((file) => /^readme/i.test(file)) : [];
  return [...files, ...readme].map((file) =>
    readFileSync(join(folder, file), 'utf8')
      .trim()
      .replaceAll(/^(?=.)/gm, '    '),
  );
}

function licenseName(license) {
  if (typeof license === 'string') return license;
  return license?.type ?? 'no license named';
}
