import { describe, expect, it } from 'vitest';
import { Feature_Type, feature_TypeToJSON } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { enumNames, messageDescriptor } from '../contract/descriptors.js';
import { features } from './features.js';

const oneofMembers = (message: string, oneof: string): string[] =>
  messageDescriptor(`yandex.cloud.ai.vision.v1.${message}`)
    .oneofs.find(({ name }) => name === oneof)
    ?.fields.map(({ localName }) => localName) ?? [];

describe('features', () => {
  const entries = Object.values(features);

  it('are those of the API, each under its own type', () => {
    const names = enumNames('yandex.cloud.ai.vision.v1.Feature.Type');
    expect(names[0]).toBe(feature_TypeToJSON(Feature_Type.TYPE_UNSPECIFIED));
    expect(entries.map(({ type }) => feature_TypeToJSON(type)).toSorted()).toEqual(names.slice(1).toSorted());
  });

  it('find everything that a result can hold', () => {
    expect(entries.map(({ annotation }) => annotation).toSorted()).toEqual(
      oneofMembers('FeatureResult', 'feature').toSorted(),
    );
  });
});
