import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescExtension,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { descriptorSet } from '../../gen/descriptor-set.js';

/** Everything in proto/: messages, services and their options. */
export const registry: FileRegistry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));

/** What both processes of a server say to each other: no API. */
const internalPackage = 'visiond.engine.v1';

/** A google.protobuf.FileDescriptorSet of the API, with comments and options. */
export function publicDescriptorSet(): Buffer {
  const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet);
  const open = create(FileDescriptorSetSchema, { file: file.filter((each) => each.package !== internalPackage) });
  return Buffer.from(toBinary(FileDescriptorSetSchema, open));
}

/** @throws Error if proto/ has no such message */
export function messageDescriptor(typeName: string): DescMessage {
  const descriptor = registry.getMessage(typeName);
  if (descriptor === undefined) throw new Error(`proto/ has no message ${typeName}`);
  return descriptor;
}

/** @throws Error if proto/ has no such option */
export function optionDescriptor(typeName: string): DescExtension {
  const descriptor = registry.getExtension(typeName);
  if (descriptor === undefined) throw new Error(`proto/ has no extension ${typeName}`);
  return descriptor;
}

/** Names of the values of an enum, in order. @throws Error if proto/ has no such enum */
export function enumNames(typeName: string): string[] {
  const descriptor = registry.getEnum(typeName);
  if (descriptor === undefined) throw new Error(`proto/ has no enum ${typeName}`);
  return descriptor.values.map(({ name }) => name);
}

/** @param path `/package.Service/Method` @throws Error if proto/ has no such method */
export function methodDescriptor(path: string): DescMethod {
  const [, serviceName = '', methodName] = path.split('/');
  const method = registry.getService(serviceName)?.methods.find(({ name }) => name === methodName);
  if (method === undefined) throw new Error(`proto/ has no method ${path}`);
  return method;
}
