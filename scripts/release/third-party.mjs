import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceFiles } from './copy-package.mjs';

/** The text of THIRD_PARTY.md: packages at `locations`, and models with their licences. */
export function thirdParty(root, locations, models) {
  const packages = locations
    .toSorted((a, b) => a.localeCompare(b))
    .map((location) => {
      const folder = join(root, location);
      const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const about = [licenceName(license), homepage].filter(Boolean).join(', ');
      return [`### ${name} ${version}`, about, ...licenceTexts(folder, license)].join('\n\n');
    });
  return `# What visiond is made of

visiond itself is under the MIT licence (LICENSE). This folder also holds models and packages of others.

## Models

${models.map(({ purpose, source, licence }) => `- ${purpose}: ${source}. ${licence}`).join('\n')}

## Packages

${packages.join('\n\n')}
`;
}

/** What a package says about its licence, indented. Some say it in their README alone. */
function licenceTexts(folder, license) {
  const files = licenceFiles(folder);
  const readme =
    files.length === 0 || /readme/i.test(license) ? readdirSync(folder).filter((file) => /^readme/i.test(file)) : [];
  return [...files, ...readme].map((file) =>
    readFileSync(join(folder, file), 'utf8')
      .trim()
      .replaceAll(/^(?=.)/gm, '    '),
  );
}

function licenceName(license) {
  if (typeof license === 'string') return license;
  return license?.type ?? 'no licence named';
}
