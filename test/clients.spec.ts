import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchAnalyzeRequest, Feature_Type } from '../client/index.js';
import { messageDescriptor } from '../server/contract/descriptors.js';
import { jsonToBinary } from '../server/gateway/json/transcode.js';
import { repositoryRoot } from '../server/paths.js';
import { fixture, russianLine } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

// What clients of the original API send, in the wild: the name of a file says whose habit it is. `{{content}}` stands
// for base64 as it is, `{{escaped}}` as PHP's json_encode writes it, `{{wrapped}}` as the tool base64 wraps it.
const folder = join(repositoryRoot, 'test/client-bodies');
const requestType = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');
const image = (): Buffer => fixture('line-english.png');

function bodyOf(file: string, content: Buffer): string {
  const base64 = content.toString('base64');
  return readFileSync(join(folder, file), 'utf8')
    .replace('{{content}}', base64)
    .replace('{{escaped}}', base64.replaceAll('/', '\\/'))
    .replace('{{wrapped}}', base64.replace(/.{76}/g, '$&\n'));
}

const text = (...languageCodes: string[]) => [
  { type: Feature_Type.TEXT_DETECTION, config: { $case: 'textDetectionConfig', value: { languageCodes, model: '' } } },
];
const textOnPage = (...languageCodes: string[]) => [
  {
    type: Feature_Type.TEXT_DETECTION,
    config: { $case: 'textDetectionConfig', value: { languageCodes, model: 'page' } },
  },
];
const classes = (model: string) => [
  { type: Feature_Type.CLASSIFICATION, config: { $case: 'classificationConfig', value: { model } } },
];
const faces = [{ type: Feature_Type.FACE_DETECTION, config: undefined }];

interface Client {
  readonly features: ReadonlyArray<{ type: Feature_Type }>;
  readonly mimeType?: string;
  readonly folderId?: string;
  /** As its HTTP library sends it. Default none. */
  readonly contentType?: string;
}

const clients: Readonly<Record<string, Client>> = {
  '01-php-spec-object.json': { features: textOnPage('en'), mimeType: 'image', contentType: 'application/json' },
  '01-php-classification.json': { features: classes('quality'), contentType: 'application/json' },
  '02-php-both-objects.json': { features: text('*'), contentType: 'application/x-www-form-urlencoded' },
  '03-php-host-switch.json': { features: textOnPage('ru', 'en'), contentType: 'application/json' },
  '04-python-archiver.json': { features: text('en', 'ru'), mimeType: 'image/png', contentType: 'application/json' },
  '05-csharp-single-quotes.txt': { features: text('ru', 'en'), contentType: 'application/json; charset=utf-8' },
  '06-python-mixed-keys.json': { features: text('en', 'ru'), mimeType: 'application/pdf', folderId: '' },
  '07-python-moderation.json': { features: classes('moderation') },
  '11-curl-three-features.json': {
    features: [...text('*'), ...classes('quality'), ...faces],
    contentType: 'application/x-www-form-urlencoded',
  },
  '12-python-faces.json': { features: faces, folderId: '' },
  '13-python-regex-reader.json': { features: text('*') },
  '14-docs-sample.json': { features: text('en'), contentType: 'application/json' },
  '14-docs-wrapped-base64.txt': { features: text('en'), contentType: 'application/x-www-form-urlencoded' },
  '14-docs-lower-case-type.json': { features: classes('moderation'), contentType: 'application/json' },
};

describe('bodies of clients', () => {
  let running: TestServer;
  beforeAll(async () => {
    running = await startTestServer();
  });
  afterAll(() => running.close());

  it('are all listed here', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(clients).toSorted());
  });

  // A short image stays in the body when it is parsed, a long one is cut out: both ways must end alike.
  it.each(Object.entries(clients))(
    '%s means what its client means',
    (file, { features, mimeType = '', folderId = 'b1g0folder' }) => {
      for (const value of [Buffer.alloc(700, 'x?>'), Buffer.alloc(60_000, 'x?>')]) {
        const request = BatchAnalyzeRequest.decode(
          jsonToBinary(requestType, Buffer.from(bodyOf(file, value)), 'yandex'),
        );
        expect(request).toEqual({
          folderId,
          analyzeSpecs: [{ source: { $case: 'content', value }, mimeType, features }],
        });
      }
    },
  );

  it.each(Object.entries(clients))('%s gets its results', async (file, { features, contentType }) => {
    const response = await fetch(`${running.origin}/vision/v1/batchAnalyze`, {
      method: 'POST',
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      // A body of bytes gets no content type from fetch.
      body: Buffer.from(bodyOf(file, image())),
    });
    const answer = await response.text();
    expect([response.status, answer]).toEqual([200, expect.stringMatching(/^\{\n "results": \[\n  \{\n[^]*\}\n$/)]);
    const { results }: { results: [{ results: Array<{ error?: unknown }> }] } = JSON.parse(answer);
    expect(results[0].results.length).toBe(features.length);
    expect(results[0].results.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('can be read line by line, as clients with regular expressions do', async () => {
    const response = await fetch(`${running.origin}/vision/v1/batchAnalyze`, {
      method: 'POST',
      body: bodyOf('13-python-regex-reader.json', fixture('line-russian.png')),
    });
    const words = [...(await response.text()).matchAll(/"text":\s"(.*)"/g)].map(([, word]) => word);
    expect(words).toEqual(russianLine.split(' '));
  });
});
