import { clone, toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { status, type Server, type ServerDuplexStream, type ServiceDefinition } from '@grpc/grpc-js';
import {
  ServerReflectionService,
  type ExtensionRequest,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../gen/grpc/reflection/v1/reflection.js';
import { registry } from '../contract/descriptors.js';

type Call = ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>;
type Answer = NonNullable<ServerReflectionResponse['messageResponse']>;

/** Older tools use this service. Its messages are the same. */
const paths = [
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/**
 * Adds gRPC server reflection with the files that buf built.
 * @param services full names of the services to list
 */
export function addReflection(server: Server, services: readonly string[]): void {
  const handle = (call: Call): void => answerAll(call, services);
  for (const path of paths) {
    const definition: ServiceDefinition = {
      serverReflectionInfo: { ...ServerReflectionService.serverReflectionInfo, path },
    };
    server.addService(definition, { serverReflectionInfo: handle });
  }
}

function answerAll(call: Call, services: readonly string[]): void {
  const sent = new Set<DescFile>();
  call.on('data', (request: ServerReflectionRequest) => {
    const messageResponse = answer(request, services, sent);
    if (call.write({ validHost: request.host, originalRequest: request, messageResponse })) return;
    // Responses are larger than requests: stop reading requests from a client that does not read its responses.
    call.pause();
    call.once('drain', () => call.resume());
  });
  call.once('end', () => call.end());
}

function answer({ messageRequest }: ServerReflectionRequest, services: readonly string[], sent: Set<DescFile>): Answer {
  if (messageRequest === undefined) return failure(status.INVALID_ARGUMENT, 'message_request is required');
  switch (messageRequest.$case) {
    case 'fileByFilename':
      return fileAnswer(files.get(messageRequest.value), messageRequest.value, sent);
    case 'fileContainingSymbol':
      return fileAnswer(symbols.get(messageRequest.value), messageRequest.value, sent);
    case 'fileContainingExtension':
      return extensionAnswer(messageRequest.value, sent);
    case 'allExtensionNumbersOfType':
      return numbersAnswer(messageRequest.value);
    case 'listServices':
      break;
  }
  return { $case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } };
}

function extensionAnswer({ containingType, extensionNumber }: ExtensionRequest, sent: Set<DescFile>): Answer {
  const extension = extensionsOf(containingType).find(({ number }) => number === extensionNumber);
  return fileAnswer(extension?.file, `extension ${extensionNumber} of ${containingType}`, sent);
}

function numbersAnswer(baseTypeName: string): Answer {
  if (registry.getMessage(baseTypeName) === undefined) return failure(status.NOT_FOUND, `not found: ${baseTypeName}`);
  const extensionNumber = extensionsOf(baseTypeName).map(({ number }) => number);
  return { $case: 'allExtensionNumbersResponse', value: { baseTypeName, extensionNumber } };
}

/** The file and its dependencies, without those that the stream has already sent. Tools accept files in any order. */
function fileAnswer(file: DescFile | undefined, wanted: string, sent: Set<DescFile>): Answer {
  if (file === undefined) return failure(status.NOT_FOUND, `not found: ${wanted}`);
  const found = new Set([file]);
  for (const { dependencies } of found) {
    for (const dependency of dependencies) if (!sent.has(dependency)) found.add(dependency);
  }
  for (const each of found) sent.add(each);
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...found].map(encode) } };
}

function failure(errorCode: status, errorMessage: string): Answer {
  return { $case: 'errorResponse', value: { errorCode, errorMessage } };
}

const encoded = new Map<DescFile, Buffer>();

/** As protoc embeds it in generated code: without comments and source positions. */
function encode(file: DescFile): Buffer {
  let bytes = encoded.get(file);
  if (bytes === undefined) {
    const proto = clone(FileDescriptorProtoSchema, file.proto);
    delete proto.sourceCodeInfo;
    encoded.set(file, (bytes = Buffer.from(toBinary(FileDescriptorProtoSchema, proto))));
  }
  return bytes;
}

const files = new Map([...registry.files].map((file) => [file.proto.name, file]));
const symbols = new Map(
  [...registry].flatMap((type) => {
    const names = [type.typeName];
    if (type.kind === 'message') {
      names.push(...[...type.fields, ...type.oneofs].map(({ name }) => `${type.typeName}.${name}`));
    }
    if (type.kind === 'service') names.push(...type.methods.map(({ name }) => `${type.typeName}.${name}`));
    // Enum values are siblings of their enum, not members.
    const scope = type.typeName.slice(0, type.typeName.lastIndexOf('.') + 1);
    if (type.kind === 'enum') names.push(...type.values.map(({ name }) => scope + name));
    return names.map((name) => [name, type.file] as const);
  }),
);

function extensionsOf(typeName: string) {
  return [...registry]
    .filter((type) => type.kind === 'extension')
    .filter(({ extendee }) => extendee.typeName === typeName);
}
