import { join } from 'node:path';
import { modelsFolder, type Config } from '../config.js';
import { convertedPath, isConverted, readConvertedModel } from '../inference/converted-model-file.js';
import { convertedModels, type ConvertedModel } from '../inference/converted-models.js';
import { modelFiles, readModel, sourceOf, type ModelFile } from '../inference/model-files.js';
import { findPulledModel, pulledModels, readPulledModel, type PulledModel } from '../inference/pulled-models.js';
import { listOperatorModels, readOperatorModel } from './classification/operator-models/operator-models.js';
import { coefficientsPath, readCoefficients } from './classification/quality/coefficients.js';
import { languages, type Language } from './text-detection/language/languages.js';
import { needsTesseract } from './text-detection/read/recognizers.js';
import { languageDataFinder } from './text-detection/read/tesseract-data.js';

/** A model, or data for one, that is installed or can be. */
export interface Model {
  readonly kind: 'packaged' | 'converted' | 'fitted' | 'pulled' | 'operator' | 'language';
  /** Name, unique within its kind. */
  readonly name: string;
  /** What it does. */
  readonly purpose: string;
  /** Path, URL or package. */
  readonly source: string;
  readonly license: string | undefined;
  /** How to install it, if it is optional and missing. */
  readonly remedy: string | undefined;
  /** Verifies its files. @returns what was verified @throws Error with the file and the problem */
  readonly check: () => Promise<string>;
  /**
   * Regenerates it if it is missing or damaged, for models that can be generated.
   * @throws Error with the file, if it cannot be regenerated
   */
  readonly repair?: () => Promise<void>;
}

/** All models, whatever their origin. The command line and readiness read this list. */
export async function listModels(config: Config): Promise<readonly Model[]> {
  const folder = modelsFolder(config);
  return [
    ...Object.entries(modelFiles).map(packagedModel),
    ...Object.values<ConvertedModel>(convertedModels).map(convertedModel),
    qualityRegression,
    ...(await Promise.all(Object.values<PulledModel>(pulledModels).map((model) => pulledModel(model, folder)))),
    ...(await listOperatorModels(folder)).map((name) => operatorModel(name, join(folder, name))),
    ...(await Promise.all([...languages.values()].filter(needsTesseract).map((each) => languageData(each, config)))),
  ];
}

function packagedModel([name, file]: [string, ModelFile]): Model {
  return {
    kind: 'packaged',
    name,
    purpose: file.purpose,
    source: sourceOf(file),
    license: file.license,
    remedy: undefined,
    check: async () => {
      await readModel(file);
      return 'checksum OK';
    },
  };
}

function convertedModel(model: ConvertedModel): Model {
  return {
    kind: 'converted',
    name: model.name,
    purpose: model.purpose,
    source: `${model.package} ${model.version}, ${model.files[0].path}, converted to ${convertedPath(model)}`,
    license: model.license,
    remedy: undefined,
    check: async () => {
      const { verifyConversion } = await import('../inference/verify-conversion.js');
      await verifyConversion(model, await readConvertedModel(model));
      return 'output matches TensorFlow.js';
    },
    repair: async () => {
      if (!(await isConverted(model))) await readConvertedModel(model);
    },
  };
}

const qualityRegression: Model = {
  kind: 'fitted',
  name: 'quality',
  purpose: 'Regression of the quality model',
  source: coefficientsPath,
  license: undefined,
  remedy: undefined,
  check: async () => `checksum OK, trained on ${readCoefficients().trainedOn} (docs/quality.md)`,
};

async function pulledModel(model: PulledModel, folder: string): Promise<Model> {
  const path = await findPulledModel(model, folder);
  return {
    kind: 'pulled',
    name: model.name,
    purpose: model.purpose,
    source: path ?? model.url,
    license: model.license,
    remedy: path === undefined ? `visiond models pull ${model.name}` : undefined,
    check: async () => {
      await readPulledModel(model, path ?? join(folder, model.fileName));
      return 'checksum OK';
    },
  };
}

function operatorModel(name: string, folder: string): Model {
  return {
    kind: 'operator',
    name,
    purpose: `Custom classification model ${name}`,
    source: folder,
    license: undefined,
    remedy: undefined,
    check: async () => `${(await readOperatorModel(folder)).labels.length} labels`,
  };
}

async function languageData({ code, tesseract }: Language, config: Config): Promise<Model> {
  const data = await languageDataFinder(config).find(tesseract);
  return {
    kind: 'language',
    name: code,
    purpose: `Language ${code} for Tesseract`,
    source: data?.path ?? `${tesseract}.traineddata`,
    license: 'Apache-2.0',
    remedy: data === undefined ? `visiond models pull ${code}` : undefined,
    check: async () => {
      if (data === undefined) throw new Error(`${tesseract}.traineddata is missing`);
      return 'installed';
    },
  };
}
