import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { BatchAnalyzeRequest, BatchAnalyzeResponse, textDetection } from '../client/index.js';
import { settings } from '../server/config.js';
import { decodeImage } from '../server/image/decode-image.js';
import { repositoryRoot } from '../server/paths.js';
import { englishLines, fixture, fixturePath } from './fixtures.js';
import { framed } from './grpc-frame.js';
import { bin, visiond } from './run-cli.js';

const temporary = mkdtempSync(join(tmpdir(), 'visiond-cli-'));
const newFolder = (): string => mkdtempSync(join(temporary, 'folder-'));
afterAll(() => rmSync(temporary, { recursive: true }));

describe('visiond', () => {
  it('has help everywhere', async () => {
    expect((await visiond(['--help'])).stdout).toMatch(/serve[\s\S]*analyze[\s\S]*models[\s\S]*doctor/);
    for (const command of ['serve', 'analyze', 'index', 'models', 'keys', 'certs', 'doctor']) {
      expect(await visiond([command, '--help'])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`Usage: visiond ${command}`),
      });
    }
    const { stdout } = await visiond(['serve', '--help']);
    for (const name of Object.keys(settings)) expect(stdout).toContain(`--${name} `);
  });

  it.each([
    [['fly'], 'Unknown command "fly". Known: serve, analyze, index, models, keys, certs, doctor, status, health.'],
    [['srve'], 'Did you mean serve?'],
    [['serve', '--port', '1'], 'Unknown option --port.'],
    [['serve', '--worker', '1'], 'Unknown option --worker. Did you mean --workers?'],
    [['serve', '--listen'], '--listen requires a value: --listen HOST:PORT.'],
    [['serve', '--listen', 'nowhere'], 'Invalid --listen "nowhere": must be HOST:PORT with'],
    [['analyze'], 'analyze requires at least one FILE.'],
    [['analyze', bin, '--languages', 'en'], 'Unknown option --languages.'],
    [
      ['analyze', bin, '--endpoint', '127.0.0.1:1'],
      'Is a server running at 127.0.0.1:1? --local analyzes without one.',
    ],
    [
      ['analyze', bin, '--endpoint', 'http://127.0.0.1:8080'],
      'Invalid --endpoint "http://127.0.0.1:8080": must be HOST:PORT with',
    ],
    [['index', 'stats', '--endpoint', '127.0.0.1'], 'Invalid --endpoint "127.0.0.1": must be HOST:PORT with'],
    [['serve', '--data-dir', ''], 'Invalid --data-dir "": must not be empty.'],
    [['analyze', 'a.png', 'b.png', '--overlay', 'c.png'], '--overlay takes one image file.'],
  ])('%j ends with a sentence', async (args, sentence) => {
    const { code, stderr } = await visiond(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  it('analyzes files without a server', async () => {
    const broken = await visiond(['analyze', fixturePath('english.png'), bin, '--text', 'en', '--local']);
    expect(broken.code).toBe(1);
    for (const line of englishLines) expect(broken.stdout).toContain(line);
    expect(broken.stderr).toContain(`${bin}: Can't decode Image: the content is neither JPEG nor PNG`);
    const { stdout } = await visiond([
      'analyze',
      fixturePath('line-english.png'),
      '--text',
      'en',
      '--line',
      '--json',
      '--local',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      results: [{ results: [{ textDetection: { pages: [{ width: '760' }] } }] }],
    });
  });

  it('finds faces and text, and outlines them', async () => {
    const overlay = join(newFolder(), 'faces.png');
    const { code, stdout } = await visiond([
      'analyze',
      fixturePath('faces.png'),
      '--faces',
      '--text',
      'en',
      '--local',
      '--overlay',
      overlay,
    ]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^-- text\n\n-- faces\n3 faces\n(  \d+ x \d+ pixels at \d+, \d+\n){3}$/),
    ]);
    const [before, after] = await Promise.all(
      [readFileSync(fixturePath('faces.png')), readFileSync(overlay)].map((file) => decodeImage(file, 1e7)),
    );
    expect([after?.width, after?.height]).toEqual([before?.width, before?.height]);
    const changed = before?.rgb.filter((value, index) => value !== after?.rgb[index]).length ?? 0;
    // Three outlines, one pixel wide: some thousand bytes of the million, not none and not the whole image.
    expect(changed).toBeGreaterThan(1500);
    expect(changed).toBeLessThan(10_000);
  });

  it('writes what it read beside the image', async () => {
    const overlay = join(newFolder(), 'text.png');
    expect(
      (await visiond(['analyze', fixturePath('english.png'), '--text', 'en', '--local', '--overlay', overlay])).code,
    ).toBe(0);
    const [before, after] = await Promise.all(
      [readFileSync(fixturePath('english.png')), readFileSync(overlay)].map((file) => decodeImage(file, 1e7)),
    );
    expect([after?.width, after?.height]).toEqual([2 * (before?.width ?? 0), before?.height]);
    const { width = 0, height = 0 } = before ?? {};
    writeFileSync(
      overlay,
      await sharp(readFileSync(overlay)).extract({ left: width, top: 0, width, height }).png().toBuffer(),
    );
    const { stdout } = await visiond(['analyze', overlay, '--text', 'en', '--local']);
    for (const line of englishLines) expect(stdout).toContain(line);
  });

  it('shows what classification models say, and the errors of others', async () => {
    const args = ['--classify', 'objects,mood', '--local'];
    const { code, stdout, stderr } = await visiond(['analyze', fixturePath('stop-sign.jpg'), ...args]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ *\d+\.\d%  stop sign$/m);
    expect(stderr).toContain('Unknown CLASSIFICATION model "mood"');
  });

  it('has a doctor that lists models and languages', async () => {
    const { code, stdout } = await visiond(['doctor']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ok +PP-OCRv4 text detector: @gutenye\/ocr-models 1\.4\.2, assets\/\S+, checksum OK/);
    expect(stdout).toMatch(/ok +Self-test/);
    expect(stdout).toMatch(/en ru .*: built in/);
  });

  it('adds what there is beside a name that there is not', async () => {
    const folder = newFolder();
    const { code, stdout, stderr } = await visiond(['models', 'pull', 'yunett', 'xx', 'en', '--data-dir', folder]);
    expect([code, stdout]).toEqual([1, 'Language en: built in\n']);
    expect(stderr).toMatch(
      /^Unknown model or language "yunett"\. Did you mean yunet\? Known: yunet .* en .*\nUnknown model or language "xx"\. Known: yunet .* en .*\n$/,
    );
    const unusable = await visiond(['models', 'pull', 'yunet', 'en', '--models-dir', '/proc/nope']);
    expect([unusable.code, unusable.stdout]).toEqual([1, 'Language en: built in\n']);
    expect(unusable.stderr).toBe(
      'The models folder /proc/nope cannot be used: nothing can be created there. Choose another with --models-dir DIR.\n',
    );
  });

  it('lets models and doctor look into other folders', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data/tessdata'), { recursive: true });
    const data = join(folder, 'data/tessdata/jpn.traineddata');
    writeFileSync(data, '');
    mkdirSync(join(folder, 'models/cats'), { recursive: true });
    const folders = ['--data-dir', join(folder, 'data'), '--models-dir', join(folder, 'models')];
    expect((await visiond(['models', 'pull', 'ja', ...folders])).stdout).toBe(
      `Language ja: already installed as ${data}\n`,
    );
    const { stdout } = await visiond(['models', 'list', ...folders]);
    expect(stdout).toContain(`Language ja for Tesseract\n  ${data}\n`);
    expect(stdout).toContain(`Custom classification model cats\n  ${join(folder, 'models/cats')}\n`);
    expect((await visiond(['doctor', ...folders])).stdout).toContain(`  ja: ${data}\n`);
    const broken = await visiond(['doctor', '--data-dir', data]);
    expect([broken.code, broken.stdout]).toEqual([
      1,
      expect.stringContaining(`BROKEN  Data folder: The data folder ${data} cannot be used: it is a file.`),
    ]);
  });
});

describe('visiond serve', () => {
  it('becomes ready, drains on SIGINT and ends with 0', async () => {
    const data = newFolder();
    const child = spawn(
      process.execPath,
      [bin, 'serve', '--listen', '127.0.0.1:0', '--workers', '1', '--data-dir', data],
      {
        cwd: repositoryRoot,
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await until(() => output.includes('Ready after'));
    const [, endpoint = ''] = /http:\/\/(\S+)/.exec(output) ?? [];
    const session = connect(`http://${endpoint}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const answer: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => answer.push(chunk));
    const source = { $case: 'content', value: fixture('english.png') } as const;
    const spec = { source, features: [textDetection({ languageCodes: ['en'] })], mimeType: '' };
    stream.end(framed(BatchAnalyzeRequest.encode({ analyzeSpecs: [spec], folderId: '' }).finish()));
    await once(stream, 'finish');
    // What was sent before a ping has come when it is answered: the call is running.
    await promisify(session.ping.bind(session))();
    child.kill('SIGINT');
    await once(stream, 'end');
    const { results } = BatchAnalyzeResponse.decode(Buffer.concat(answer).subarray(5));
    expect(results[0]?.results[0]?.feature?.$case).toBe('textDetection');
    expect(await exited).toBe(0);
    expect(output).toContain('Stopped.');
    session.destroy();
  });

  it('refuses a variable that is no setting', async () => {
    for (const command of ['serve', 'doctor']) {
      const { code, stderr } = await visiond([command], { VISIOND_MAX_QUEU: '7' });
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('Unknown setting VISIOND_MAX_QUEU. Did you mean VISIOND_MAX_QUEUE?\n'),
      ]);
    }
  });

  it('says that a port is taken', async () => {
    const blocker = (await import('node:net')).createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await visiond(['serve', '--listen', `127.0.0.1:${port}`]);
    blocker.close();
    expect([code, stderr]).toEqual([2, expect.stringContaining(`127.0.0.1:${port} is already in use.`)]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
