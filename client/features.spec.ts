import { describe, expect, it } from 'vitest';
import { Feature_Type, feature_TypeToJSON } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { messageDescriptor, registry } from '../server/contract/descriptors.js';
import { featuresOf } from './core/wanted.js';
import * as client from './index.js';

const exported = new Map<string, unknown>(Object.entries(client));
const types = Object.values(Feature_Type)
  .filter((type) => typeof type === 'number')
  .filter((type) => type !== Feature_Type.TYPE_UNSPECIFIED && type !== Feature_Type.UNRECOGNIZED);

describe('the client', () => {
  it.each(types.map((type) => [feature_TypeToJSON(type), type] as const))('builds the feature %s', (name, type) => {
    const builder = exported.get(name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
    expect(builder).toBeInstanceOf(Function);
    expect(typeof builder === 'function' && builder()).toMatchObject({ type });
  });

  it('can be asked for every feature by name', () => {
    const asked = featuresOf({ text: true, classes: 'quality', faces: true, copies: true }).map(({ type }) => type);
    expect(asked.toSorted()).toEqual(types.map((type) => feature_TypeToJSON(type)).toSorted());
  });

  it('exports every message of the API', () => {
    const { file } = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');
    const packages = [...registry.files].filter(({ proto }) => proto.package === file.proto.package);
    const names = packages.flatMap(({ messages }) => messages.map(({ name }) => name));
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !exported.has(name))).toEqual([]);
  });
});
