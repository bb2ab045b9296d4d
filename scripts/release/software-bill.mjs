import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages, runtimeDependencies } from './runtime-packages.mjs';

/**
 * The software bill of materials of a release on this platform: its packages and models, as CycloneDX 1.6 JSON. The same
 * contents give the same bytes, so it has no time of its making.
 */
export async function softwareBill(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const dependencies = runtimeDependencies(root);
  const manifestOf = (location) => JSON.parse(readFileSync(join(root, location, 'package.json'), 'utf8'));
  const reference = (location) => {
    const { name, version } = manifestOf(location);
    return location === 'server' ? `pkg:generic/${name}@${version}` : packageUrl(name, version);
  };
  const { name, version, license } = manifestOf('server');
  // The same version of a package may be in several folders.
  const libraries = new Map(
    [...dependencies.keys(), ...bundledPackages(root)]
      .filter((location) => location !== 'server')
      .map((location) => [reference(location), library(manifestOf(location), packages[location], reference(location))]),
  );
  const content = {
    metadata: {
      component: { type: 'application', 'bom-ref': reference('server'), name, version, licenses: licensesOf(license) },
    },
    components: [...libraries.values(), ...(await models())].toSorted(byReference),
    dependencies: [
      ...new Map(
        [...dependencies].map(([location, targets]) => [
          reference(location),
          [...new Set(targets.map(reference))].toSorted(byText),
        ]),
      ),
    ]
      .map(([ref, dependsOn]) => ({ ref, dependsOn }))
      .toSorted((one, other) => byText(one.ref, other.ref)),
  };
  const header = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(content)}`,
    version: 1,
  };
  return `${JSON.stringify({ ...header, ...content }, undefined, 2)}\n`;
}

function library({ name, version, license, homepage }, { integrity }, reference) {
  const [, scope, plain] = /^(?:(@[^/]+)\/)?(.+)$/.exec(name);
  const [algorithm, digest] = integrity.split('-');
  return {
    type: 'library',
    'bom-ref': reference,
    ...(scope !== undefined && { group: scope }),
    name: plain,
    version,
    // Of the package as npm distributes it.
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }],
    licenses: licensesOf(license),
    purl: reference,
    ...(homepage !== undefined && { externalReferences: [{ type: 'website', url: homepage }] }),
  };
}

/** The models of the registry that a release contains. */
async function models() {
  const { modelFiles, sourceOf } = await import('../../dist/server/inference/model-files.js');
  const { convertedModels } = await import('../../dist/server/inference/converted-models.js');
  const quality = await import('../../dist/server/features/classification/quality/coefficients.js');
  return [
    ...Object.entries(modelFiles).map(([key, file]) => model(key, file, sourceOf(file))),
    ...Object.values(convertedModels).map((file) =>
      model(file.name, file, `${file.package} ${file.version}, converted to ONNX`),
    ),
    model(
      'quality',
      {
        purpose: 'Regression of the quality model',
        sha256: createHash('sha256').update(readFileSync(quality.coefficientsPath)).digest('hex'),
        license: 'MIT',
      },
      `trained on ${quality.readCoefficients().trainedOn}`,
    ),
  ];
}

function model(name, { purpose, sha256, license, version }, source) {
  return {
    type: 'machine-learning-model',
    'bom-ref': `model:${name}`,
    name,
    ...(version !== undefined && { version }),
    description: `${purpose}: ${source}`,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    licenses: licensesOf(license),
  };
}

/** What a package or model says about its license: an SPDX ID, an SPDX expression, or words. */
function licensesOf(license) {
  const text = typeof license === 'string' ? license : (license?.type ?? 'unknown');
  if (/^[A-Za-z\d][\w.+-]*$/.test(text) && text !== 'UNLICENSED' && text !== 'unknown') {
    return [{ license: { id: text } }];
  }
  if (/ (AND|OR|WITH) /.test(text) && !text.startsWith('SEE ')) return [{ expression: text }];
  return [{ license: { name: text } }];
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function packageUrl(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** An identifier that follows from the content: a UUID of version 8 (RFC 9562) with SHA-256. */
function uuidOf(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const variant = ((Number.parseInt(hex[16], 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

function byReference(one, other) {
  return byText(one['bom-ref'], other['bom-ref']);
}

/** By code units, whatever the language of the machine. */
function byText(one, other) {
  return one < other ? -1 : Number(one > other);
}
