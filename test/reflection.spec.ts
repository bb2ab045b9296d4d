import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createFileRegistry, create, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ServerReflectionClient,
  ServerReflectionRequest,
  ServerReflectionResponse,
} from '../gen/grpc/reflection/v1/reflection.js';
import { repositoryRoot } from '../server/paths.js';
import { fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

let running: TestServer;
beforeAll(async () => {
  running = await startTestServer({ workers: '1' });
});
afterAll(() => running.close());

/** Calls a method with `buf curl`, which knows nothing but what reflection says. @returns what it prints */
function bufCurl(version: string, method: string, request: unknown): Promise<string> {
  const args = [
    'curl',
    '--protocol',
    'grpc',
    '--http2-prior-knowledge',
    '--reflect',
    '--reflect-protocol',
    version,
    '--data',
    '@-',
  ];
  const child = spawn(join(repositoryRoot, 'node_modules/.bin/buf'), [...args, `${running.origin}/${method}`]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(JSON.stringify(request));
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}

describe.each(['grpc-v1', 'grpc-v1alpha'])('buf curl by %s', (version) => {
  it('analyzes an image', async () => {
    const features = [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'], model: 'line' } }];
    const request = { analyzeSpecs: [{ content: fixture('line-english.png').toString('base64'), features }] };
    const answer = await bufCurl(version, 'yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze', request);
    expect([...answer.matchAll(/"text": ?"(\w+)"/g)].map(([, text]) => text)).toEqual([
      'Only',
      'one',
      'line',
      'of',
      'text',
      'here',
    ]);
  });

  it('asks the index and the health check', async () => {
    expect(await bufCurl(version, 'visiond.index.v1.ImageIndexService/GetStats', {})).toContain('"descriptorVersion":');
    expect(JSON.parse(await bufCurl(version, 'grpc.health.v1.Health/Check', {}))).toEqual({ status: 'SERVING' });
  });
});

type Question = NonNullable<ServerReflectionRequest['messageRequest']>;

/** Asks all on one stream. */
function ask(questions: readonly Question[]): Promise<ServerReflectionResponse[]> {
  const client = new ServerReflectionClient(running.endpoint, credentials.createInsecure());
  const call = client.serverReflectionInfo();
  const answers: ServerReflectionResponse[] = [];
  call.on('data', (answer: ServerReflectionResponse) => answers.push(answer));
  for (const messageRequest of questions) call.write({ host: 'h', messageRequest });
  call.end();
  return new Promise((resolve, reject) => {
    call.once('error', reject);
    call.once('end', () => {
      client.close();
      resolve(answers);
    });
  });
}

describe('reflection', () => {
  it('lists the services, each of whose files a pool of descriptors takes', async () => {
    const [list] = await ask([{ $case: 'listServices', value: '' }]);
    const names =
      list?.messageResponse?.$case === 'listServicesResponse'
        ? list.messageResponse.value.service.map(({ name }) => name)
        : [];
    expect(names.toSorted()).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'visiond.index.v1.ImageIndexService',
      'yandex.cloud.ai.vision.v1.VisionService',
      'yandex.cloud.endpoint.ApiEndpointService',
      'yandex.cloud.iam.v1.IamTokenService',
    ]);
    for (const name of names) {
      const [answer] = await ask([{ $case: 'fileContainingSymbol', value: name }]);
      const packed =
        answer?.messageResponse?.$case === 'fileDescriptorResponse'
          ? answer.messageResponse.value.fileDescriptorProto
          : [];
      const file = packed.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
      expect(file.map(({ name: path }) => path)).toHaveLength(new Set(file.map(({ name: path }) => path)).size);
      const pool = createFileRegistry(create(FileDescriptorSetSchema, { file: file.toReversed() }));
      expect(pool.getService(name)?.methods.length).toBeGreaterThan(0);
    }
  });

  it('finds files by what they declare, and sends none twice on a stream', async () => {
    const symbol = (value: string): Question => ({ $case: 'fileContainingSymbol', value });
    const answers = await ask([
      symbol('yandex.cloud.ai.vision.v1.VisionService.BatchAnalyze'),
      symbol('yandex.cloud.ai.vision.v1.Feature.Type'),
      symbol('yandex.cloud.ai.vision.v1.Feature.TEXT_DETECTION'),
      symbol('yandex.cloud.ai.vision.v1.AnalyzeSpec.content'),
      { $case: 'fileByFilename', value: 'google/rpc/status.proto' },
      {
        $case: 'fileContainingExtension',
        value: { containingType: 'google.protobuf.MethodOptions', extensionNumber: 72295728 },
      },
      { $case: 'allExtensionNumbersOfType', value: 'google.protobuf.MethodOptions' },
      symbol('yandex.cloud.ai.vision.v1.Nothing'),
    ]);
    const names = answers.map(({ messageResponse }) =>
      messageResponse?.$case === 'fileDescriptorResponse'
        ? messageResponse.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)
        : messageResponse?.value,
    );
    const service = 'yandex/cloud/ai/vision/v1/vision_service.proto';
    expect(names[0]).toContain('google/rpc/status.proto');
    expect(names.slice(1)).toEqual([
      [service],
      [service],
      [service],
      ['google/rpc/status.proto'],
      ['google/api/annotations.proto'],
      { baseTypeName: 'google.protobuf.MethodOptions', extensionNumber: [72295728] },
      { errorCode: 5, errorMessage: 'not found: yandex.cloud.ai.vision.v1.Nothing' },
    ]);
    expect(answers.at(-1)?.validHost).toBe('h');
  });

  it('says what is missing in an empty question', async () => {
    const Client = makeGenericClientConstructor({}, 'Generic');
    const client = new Client(running.endpoint, credentials.createInsecure());
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const call = client.makeBidiStreamRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes) => ServerReflectionResponse.decode(bytes),
    );
    call.write(Buffer.alloc(0));
    call.end();
    const answers: unknown[] = [];
    for await (const answer of call) answers.push(answer);
    client.close();
    expect(answers).toMatchObject([{ messageResponse: { $case: 'errorResponse', value: { errorCode: 3 } } }]);
  });
});
