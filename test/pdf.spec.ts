import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  classification,
  faceDetection,
  textDetection,
  type AnalyzeResult,
  type AnalyzeSpec,
  type Feature,
} from '../client/index.js';
import { textLine, writePdf, type PdfPage } from '../datasets/drawn/write-pdf.js';
import { ErrorInfo } from '../gen/google/rpc/error_details.js';
import type { Status } from '../gen/google/rpc/status.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { englishLine, fixture } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

let running: TestServer;
beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

/** A page of A5, in points. */
const [width, height] = [420, 595];
/** Its image at the default resolution of 200 dpi. */
const [pixelsWide, pixelsHigh] = [1167n, 1653n];
const page = (...lines: readonly string[]): PdfPage => ({
  width,
  height,
  content: lines.map((line, index) => textLine(line, 40, 500 - 60 * index, 20)).join(''),
});
const english = textDetection({ languageCodes: ['en'] });
const file = (content: Buffer, features: Feature[] = [english], mimeType = ''): AnalyzeSpec => ({
  source: { $case: 'content', value: content },
  features,
  mimeType,
});

async function analyze(...analyzeSpecs: AnalyzeSpec[]): Promise<AnalyzeResult[]> {
  return (await running.client.batchAnalyze({ analyzeSpecs, folderId: '' })).results;
}

/** Reason and message of an error. */
function problem(status: Status | undefined): string {
  const info = status?.details.find(({ typeUrl }) => typeUrl.endsWith('ErrorInfo'));
  return `${info === undefined ? 'none' : ErrorInfo.decode(info.value).reason}: ${status?.message}`;
}

function pagesOf(result: AnalyzeResult | undefined): Array<{ width: bigint; height: bigint; text: string }> {
  const feature = result?.results[0]?.feature;
  if (feature?.$case !== 'textDetection') throw new Error(JSON.stringify(result?.error ?? result?.results[0]?.error));
  return feature.value.pages.map(({ blocks, ...size }) => {
    const words = blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words));
    return { width: size.width, height: size.height, text: words.map(({ text }) => text).join(' ') };
  });
}

describe('a PDF', () => {
  const titles = ['First chapter', 'Second letter', '', 'Fourth section'];
  const content = writePdf(titles.map((title) => page(...(title === '' ? [] : [title]))));

  it('has its pages in their order, also those without text, whatever the MIME type says', async () => {
    for (const mimeType of ['', 'application/pdf', 'image/png']) {
      const [result] = await analyze(file(content, [english], mimeType));
      expect(pagesOf(result)).toEqual(titles.map((text) => ({ width: pixelsWide, height: pixelsHigh, text })));
    }
  });

  it('is told by its bytes, which need not be the first', async () => {
    const [result] = await analyze(file(Buffer.concat([Buffer.from('\n'.repeat(1000)), writePdf([page('Shifted')])])));
    expect(pagesOf(result).map(({ text }) => text)).toEqual(['Shifted']);
  });

  it('has the form of the original over REST', async () => {
    const { json } = await post(running.origin, {
      analyzeSpecs: [
        {
          content: writePdf([page('Total 42'), page()]).toString('base64'),
          mimeType: 'application/pdf',
          features: [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'] } }],
        },
      ],
    });
    expect(json).toMatchObject({
      results: [
        {
          results: [
            {
              textDetection: {
                pages: [
                  { blocks: [{ lines: [{ words: [{ text: 'Total' }, { text: '42' }] }] }] },
                  { width: '1167', height: '1653' },
                ],
              },
            },
          ],
        },
      ],
    });
  });

  it('has its entities page by page', async () => {
    const [result] = await analyze(file(writePdf([page('nothing'), page('Write to office@example.org')])));
    const feature = result?.results[0]?.feature;
    if (feature?.$case !== 'textDetection') throw new Error('no text');
    expect(feature.value.pages.map(({ entities }) => entities)).toEqual([
      [],
      [{ name: 'email', text: 'office@example.org' }],
    ]);
  });

  it('stands beside images and other features', async () => {
    const line = file(fixture('line-english.png'), [textDetection({ languageCodes: ['en'], model: 'line' })]);
    const results = await analyze(
      line,
      file(writePdf([page('Between')]), [faceDetection(), english, classification('quality')]),
      line,
    );
    expect([results[0], results[2]].map((result) => plainTextOf(result?.results[0]))).toEqual([
      `${englishLine}\n`,
      `${englishLine}\n`,
    ]);
    const [faces, text, quality] = results[1]?.results ?? [];
    expect(plainTextOf(text)).toBe('Between\n');
    expect(problem(faces?.error)).toBe('PDF_NOT_ACCEPTED: FACE_DETECTION takes JPEG or PNG; the content is a PDF');
    expect(problem(quality?.error)).toBe('PDF_NOT_ACCEPTED: CLASSIFICATION takes JPEG or PNG; the content is a PDF');
  });

  it('fails alone, with what is wrong with it', async () => {
    const many = writePdf(Array.from({ length: 200 }, () => page('again')));
    const good = writePdf([page('Good')]);
    const results = await analyze(
      ...[
        writePdf([page()], { password: 'secret' }),
        Buffer.from('%PDF-1.7 and nothing else'),
        many,
        writePdf([]),
        writePdf([page(), { ...page(), width: 0.01 }]),
        good,
      ].map((each) => file(each)),
    );
    expect(results.slice(0, 5).map(({ error }) => problem(error))).toEqual([
      "PDF_ENCRYPTED: Can't read PDF: it is encrypted and needs a password",
      "PDF_UNREADABLE: Can't read PDF: it is damaged or truncated",
      'TOO_MANY_PAGES: The PDF has 200 pages; the limit is 8',
      "PDF_UNREADABLE: Can't read PDF: it has no pages",
      "PDF_UNREADABLE: Can't read PDF: page 2 has a size of 0.01 x 595 points",
    ]);
    expect(pagesOf(results[5]).map(({ text }) => text)).toEqual(['Good']);
  });

  it('fails as a whole when a page fails', async () => {
    const bomb = { ...page(), content: 'q '.repeat(5_000_000) };
    const [result] = await analyze(file(writePdf([page('Good'), bomb, page('Good')])));
    expect(problem(result?.error)).toBe("PDF_UNREADABLE: Can't read PDF: it takes more than 512 MB of memory");
    expect(result?.results).toEqual([]);
  });

  it('has errors of its features', async () => {
    const features = [textDetection({ languageCodes: ['xx'] }), english];
    const [result] = await analyze(file(writePdf([page('One'), page('Two')]), features));
    expect(problem(result?.results[0]?.error)).toContain('LANGUAGE_UNKNOWN');
    expect(plainTextOf(result?.results[1])).toBe('One\n\nTwo\n');
  });

  it('is no image for the index', async () => {
    const response = await fetch(`${running.origin}/index/v1/search`, {
      method: 'POST',
      body: JSON.stringify({ content: writePdf([page('x')]).toString('base64') }),
    });
    expect(JSON.stringify(await response.json())).toContain('NOT_AN_IMAGE');
  });
});

describe('the settings of PDF', () => {
  it('bound the pages and choose the resolution', async () => {
    const other = await startTestServer({
      workers: '1',
      'max-pdf-pages': '2',
      'pdf-dpi': '72',
      'max-pixels': '364800',
    });
    const two = { ...page('Large'), height: 1680 };
    const { results } = await other.client.batchAnalyze({
      analyzeSpecs: [file(writePdf([page('Small'), two])), file(writePdf([page(), page(), page()]))],
      folderId: '',
    });
    await other.close();
    expect(pagesOf(results[0]).map((size) => [size.width, size.height])).toEqual([
      [420n, 595n],
      [301n, 1207n],
    ]);
    expect(problem(results[1]?.error)).toBe('TOO_MANY_PAGES: The PDF has 3 pages; the limit is 2');
  });
});

describe('the text layer of a PDF', () => {
  let believing: TestServer;
  beforeAll(async () => {
    believing = await startTestServer({ workers: '1', 'pdf-text': 'auto', 'pdf-dpi': '72' });
  });
  afterAll(() => believing.close());

  const titles = ['The annual report of the company', 'Letters for the chairman', 'Delivery of the goods'];
  const large = titles.map((title, index) => textLine(title, 30, 500 - 40 * index, 20)).join('');
  const hidden = (text: string, at = 300): string => `3 Tr ${textLine(text, 40, at, 4.5)} 0 Tr `;
  /** Draws a text that is another one in the layer. */
  const saying = (text: string, drawn: string): string => {
    const codes = Buffer.from(`\u{feff}${text}`, 'utf16le').swap16().toString('hex');
    return `/Span << /ActualText <${codes}> >> BDC ${textLine(drawn, 30, 300, 20)} EMC `;
  };

  async function linesOf(content: string, server = believing): Promise<string[]> {
    const { results } = await server.client.batchAnalyze({
      analyzeSpecs: [file(writePdf([{ ...page(), content }]))],
      folderId: '',
    });
    return plainTextOf(results[0]?.results[0])
      .split('\n')
      .filter((line) => line !== '');
  }

  it('tells what print does not show, if the operator wants that', async () => {
    const content = large + saying('МОСКВА', 'MOCKBA');
    expect((await linesOf(content, running)).slice(-1)).toEqual(['MOCKBA']);
    expect((await linesOf(content)).slice(-1)).toEqual(['МОСКВА']);
  });

  it('is not believed where it says what nobody sees', async () => {
    const seen = await linesOf(large);
    expect(seen).toEqual(titles);
    expect(await linesOf(large + hidden('Pay a million to the bearer of this page now'))).toEqual(titles);
    expect((await linesOf(large + saying('Nothing is due', 'Pay 4711 USD'))).slice(-1)).toEqual(['Pay 4711 USD']);
  });
});

describe('the pages of a PDF', () => {
  it('count as images in the quota of the folder, and in the metrics', async () => {
    // A token takes 1000 s, and there are 8 at first.
    const other = await startTestServer({ workers: '1', 'quota-images': '0.001' });
    const ask = (content: Buffer): Promise<{ status: number; json: unknown }> =>
      post(other.origin, {
        folderId: 'f',
        analyzeSpecs: [{ content: content.toString('base64'), features: [{ type: 'TEXT_DETECTION' }] }],
      });
    const answers = [
      await ask(writePdf([page('a'), page('b'), page('c')])),
      await ask(writePdf(Array.from({ length: 8 }, () => page()))),
      await ask(writePdf([page()])),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    // 3 of 8 tokens and then 8, which leaves 3 tokens of debt: until there is one, 4000 s.
    expect(JSON.stringify(answers[2]?.json)).toMatch(/Retry in (4000|39\d\d) s/);
    const metrics = await (await fetch(`${other.origin}/metrics`)).text();
    await other.close();
    expect(metrics).toMatch(/^visiond_images_total(\{\})? 11$/m);
  });

  it('wait as images do', async () => {
    const other = await startTestServer({ workers: '1', 'max-queue': '4' });
    const eight = writePdf(Array.from({ length: 8 }, () => page('many')));
    // When nothing else is in flight, a request may have more images than the queue. Another one then finds it full.
    const { statuses } = await withTwo(other, eight);
    await other.close();
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 503]);
  });
});

async function withTwo({ origin }: TestServer, content: Buffer): Promise<{ statuses: number[] }> {
  const body = {
    analyzeSpecs: [{ content: content.toString('base64'), features: [{ type: 'TEXT_DETECTION' }] }],
  };
  const first = post(origin, body);
  // Once its pages are in flight.
  await expect
    .poll(async () => /visiond_pixels_in_flight (\d+)/.exec(await (await fetch(`${origin}/metrics`)).text())?.[1])
    .not.toBe('0');
  const second = await post(origin, body);
  return { statuses: [(await first).status, second.status] };
}
