import { Agent, request } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import sharp, { type Sharp } from 'sharp';
import { textDetection, type AnalyzeSpec, type BatchAnalyzeResponse } from '../client/index.js';
import { drawTexts } from '../datasets/drawn/draw-text.js';
import { Code } from '../gen/google/rpc/code.js';
import { AddImageRequest, SearchImagesRequest } from '../gen/visiond/index/v1/image_index_service.js';
import { BatchAnalyzeRequest } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { mutate } from './mutate.js';
import { seeded } from './seeded.js';
import type { BenchServer } from './server.js';

/** Codes that no input may cause. */
const faults: ReadonlySet<number> = new Set([Code.INTERNAL, Code.UNKNOWN, Code.UNAVAILABLE, Code.DATA_LOSS]);
const parallel = 4;

/** What was wrong, by the number of the input. */
export type Fault = readonly [input: number, problem: string];

/** Small images of every kind that the decoders tell apart. */
async function sources(): Promise<Buffer[]> {
  const line = await drawTexts(160, 48, [{ text: 'Fuzz 42', x: 10, y: 34, size: 28 }])
    .png()
    .toBuffer();
  const image = (): Sharp => sharp(line);
  return Promise.all([
    image().jpeg({ quality: 70 }).toBuffer(),
    image().jpeg({ progressive: true, quality: 80 }).toBuffer(),
    image()
      .jpeg({ chromaSubsampling: '4:4:4', optimizeCoding: true })
      .withExif({ IFD0: { Orientation: '6' } })
      .toBuffer(),
    image().toColorspace('b-w').jpeg().toBuffer(),
    image().toColorspace('cmyk').jpeg().toBuffer(),
    image().png({ palette: true }).toBuffer(),
    image().png({ progressive: true }).toBuffer(),
    image().toColorspace('rgb16').png().toBuffer(),
    image().ensureAlpha(0.5).png({ adaptiveFiltering: true }).toBuffer(),
    image().toColorspace('b-w').png({ colors: 2, palette: true }).toBuffer(),
  ]);
}

/**
 * Sends mutated images, eight a request, the last of them good.
 * @returns requests that failed, results that are faults, and good neighbors that were harmed
 */
export async function fuzzImages(server: BenchServer, count: number, seed: number): Promise<Fault[]> {
  const images = await sources();
  const next = seeded(seed);
  const specOf = (value: Buffer): AnalyzeSpec => ({
    source: { $case: 'content', value },
    features: [textDetection({ languageCodes: ['en'], model: 'line' })],
    mimeType: '',
  });
  const good = images[0] ?? Buffer.alloc(0);
  const analyze = (list: readonly Buffer[]): Promise<BatchAnalyzeResponse> =>
    server.client.batchAnalyze({ analyzeSpecs: list.map(specOf), folderId: '' });
  const [expected] = (await analyze([good])).results;
  const found: Fault[] = [];
  await inParallel(Math.ceil(count / 7), 'images', async (batch) => {
    const mutants = Array.from({ length: 7 }, () => mutate(images[next(images.length)] ?? good, next));
    try {
      const { results } = await analyze([...mutants, good]);
      for (const [position, { error, results: features }] of results.entries()) {
        const codes = [error?.code, ...features.map((feature) => feature.error?.code)];
        const code = codes.find((each) => each !== undefined && faults.has(each));
        if (code !== undefined) found.push([batch * 7 + position, `code ${code}`]);
      }
      if (!isDeepStrictEqual(results[7], expected)) found.push([batch * 7, 'a good neighbor was harmed']);
    } catch (error) {
      found.push([batch * 7, String(error)]);
    }
  });
  return found;
}

/** Sends mutated bodies over REST. @returns statuses of 500 and above, and broken connections */
export async function fuzzRest(server: BenchServer, count: number, seed: number): Promise<Fault[]> {
  const content = (await sources())[0]?.toString('base64');
  const features = [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'], model: 'line' } }];
  const bodies = [
    {
      path: '/vision/v1/batchAnalyze',
      body: { folderId: 'b1g', analyzeSpecs: [{ content, mimeType: 'image/jpeg', features }] },
    },
    {
      path: '/vision/v1/batchAnalyze',
      body: { analyzeSpecs: [{ signature: 'AAAA', features: [{ type: 'IMAGE_COPY_SEARCH' }] }] },
    },
    { path: '/index/v1/search', body: { content, maxResults: 3, folderId: 'b1g' } },
    { path: '/iam/v1/tokens', body: { yandexPassportOauthToken: 'token' } },
  ];
  const next = seeded(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const found: Fault[] = [];
  await inParallel(count, 'bodies over REST', async (position) => {
    const { path, body } = bodies[next(bodies.length)]!;
    const mutant = mutate(Buffer.from(JSON.stringify(body)), next);
    const status = await new Promise<number>((resolve) => {
      const call = request(new URL(path, server.origin), { agent, method: 'POST' }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      call.once('error', () => resolve(0));
      call.end(mutant);
    });
    // 501 says that something is not implemented, such as a feature that nobody has.
    if (status === 0 || (status >= 500 && status !== 501)) found.push([position, `status ${status} of ${path}`]);
  });
  agent.destroy();
  return found;
}

/** Sends mutated messages over gRPC. @returns codes that no message may cause */
export async function fuzzGrpc(server: BenchServer, count: number, seed: number): Promise<Fault[]> {
  const [content = Buffer.alloc(0)] = await sources();
  const spec = { source: { $case: 'content', value: content } as const, features: [textDetection()], mimeType: '' };
  const index = '/visiond.index.v1.ImageIndexService';
  const messages = [
    {
      path: '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze',
      message: BatchAnalyzeRequest.encode({ analyzeSpecs: [spec], folderId: 'b1g' }).finish(),
    },
    { path: `${index}/AddImage`, message: AddImageRequest.encode(AddImageRequest.create({ content })).finish() },
    {
      path: `${index}/SearchImages`,
      message: SearchImagesRequest.encode({ folderId: '', source: spec.source, maxResults: 3 }).finish(),
    },
  ];
  const next = seeded(seed);
  const Client = makeGenericClientConstructor({}, 'Fuzz');
  const client = new Client(new URL(server.origin).host, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  const found: Fault[] = [];
  await inParallel(count, 'messages over gRPC', async (position) => {
    const { path, message } = messages[next(messages.length)]!;
    const mutant = mutate(Buffer.from(message), next);
    const code = await new Promise<number>((resolve) =>
      client.makeUnaryRequest(path, asIs, asIs, mutant, (error: ServiceError | null) => resolve(error?.code ?? 0)),
    );
    if (faults.has(code)) found.push([position, `code ${code} of ${path}`]);
  });
  client.close();
  return found;
}

async function inParallel(count: number, what: string, task: (position: number) => Promise<void>): Promise<void> {
  const positions = Array.from({ length: count }, (_, position) => position).values();
  let done = 0;
  const loop = async (): Promise<void> => {
    for (const position of positions) {
      await task(position);
      if (++done % 100 === 0) process.stderr.write(`\r${done} of ${count} ${what} `);
    }
  };
  await Promise.all(Array.from({ length: parallel }, loop));
  process.stderr.write('\n');
}
