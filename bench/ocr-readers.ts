import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { textDetection, type TextAnnotation } from '../client/index.js';
import { parseTesseractTsv } from '../datasets/documents/tesseract-tsv.js';
import { languages } from '../server/features/text-detection/language/languages.js';
import { plainText, plainTextOf } from '../server/features/text-detection/plain-text.js';
import { createTesseractDataFinder } from '../server/features/text-detection/read/tesseract-data.js';
import { installPeers, peersFolder } from './peers.js';
import { cpuSecondsOf, memoryOf } from './process-usage.js';
import { startBenchServer } from './server.js';

const execute = promisify(execFile);

/** A way to read an image file, in a process of its own. */
export interface Reader {
  readonly name: string;
  /** Whether it can read several images at a time. */
  readonly isConcurrent: boolean;
  /** @param codes of languages, other than those of its task. Packages cannot change theirs. */
  read(path: string, codes?: readonly string[]): Promise<ReadText>;
  /** Memory of the process now and at most in MB, 0 where it is not known, and processor seconds since it was ready. */
  usage(): { resident: number; peak: number; cpuSeconds: number };
  stop(): Promise<void>;
}

export interface ReadText {
  readonly text: string;
  /** The whole answer, where there is more than text. */
  readonly annotation?: TextAnnotation;
}

export interface ReadingTask {
  readonly codes: readonly string[];
  readonly model: string;
}

/** @param clone of another version of visiond, set up by its own `npm start` */
export async function startVisiond(task: ReadingTask, clone?: string): Promise<Reader> {
  const { model } = task;
  const server = await startBenchServer([], clone);
  const before = server.cpuSeconds();
  return {
    name: clone === undefined ? 'visiond' : `visiond of ${clone}`,
    isConcurrent: true,
    async read(path, codes = task.codes) {
      const [result] = await server.client.analyze(readFileSync(path), [
        textDetection({ languageCodes: [...codes], model }),
      ]);
      if (result?.error !== undefined) throw new Error(result.error.message);
      const annotation = result?.feature?.$case === 'textDetection' ? result.feature.value : undefined;
      return { text: plainTextOf(result), ...(annotation && { annotation }) };
    },
    usage: () => ({ ...server.memory(), cpuSeconds: server.cpuSeconds() - before }),
    stop: () => server.stop(),
  };
}

/** Tesseract's command, one process an image as its users call it; undefined where it is not installed. */
export function tesseractCommand(task: ReadingTask): Reader | undefined {
  if (spawnSync('tesseract', ['--version']).status !== 0) return undefined;
  const [version = ''] = execFileSync('tesseract', ['--version'], { encoding: 'utf8' }).split('\n');
  let seconds = 0;
  return {
    name: `${version} CLI`,
    isConcurrent: true,
    async read(path, codes = task.codes) {
      const args = [
        path,
        '-',
        '-l',
        tesseractNames(codes).join('+'),
        '--psm',
        task.model === 'line' ? '7' : '3',
        'tsv',
      ];
      const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
      // The shell tells the time of its children last.
      const { stdout, stderr } = await execute('sh', ['-c', 'tesseract "$@" 2>/dev/null; times >&2', 'sh', ...args], {
        env,
        maxBuffer: 64 * 1024 * 1024,
      });
      const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(secondsOf);
      seconds += user + system;
      // Even a blank page gives the names of the columns.
      if (stdout === '') throw new Error(`tesseract cannot read ${path} with the options ${args.slice(2).join(' ')}`);
      const annotation = parseTesseractTsv(stdout);
      return { text: plainText(annotation), annotation };
    },
    usage: () => ({ resident: 0, peak: 0, cpuSeconds: seconds }),
    async stop() {},
  };
}

/** A package from npm, in a process that stays. */
export async function startPackage(
  name: 'tesseract.js' | '@gutenye/ocr-node',
  { codes, model }: ReadingTask,
): Promise<Reader> {
  installPeers();
  const data = await dataFolder(tesseractNames(codes));
  const child = spawn(
    process.execPath,
    [join(peersFolder, 'ocr-peer.mjs'), name, model, tesseractNames(codes).join('+'), data],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${name} ended`);
    const message: unknown = JSON.parse(value);
    return typeof message === 'object' && message !== null && 'text' in message ? String(message.text) : '';
  };
  await answer();
  const before = cpuSecondsOf(child.pid);
  return {
    name,
    isConcurrent: false,
    async read(path) {
      child.stdin.write(`${path}\n`);
      return { text: await answer() };
    },
    usage: () => ({ ...memoryOf(child.pid), cpuSeconds: cpuSecondsOf(child.pid) - before }),
    async stop() {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(data, { recursive: true });
    },
  };
}

function tesseractNames(codes: readonly string[]): string[] {
  return codes.flatMap((code) => (code === '*' ? ['rus', 'eng'] : [languages.get(code)?.tesseract ?? code]));
}

/** The package wants all its data in one folder. */
async function dataFolder(names: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'visiond-tessdata-'));
  const finder = createTesseractDataFinder(folder);
  for (const name of names) {
    const found = await finder.find(name);
    if (found === undefined) continue;
    const file = readFileSync(found.path);
    writeFileSync(join(folder, `${name}.traineddata`), found.path.endsWith('.gz') ? gunzipSync(file) : file);
  }
  return folder;
}

/** `0m1.23s` as a shell writes it. */
function secondsOf(text: string): number {
  const [, minutes = 0, seconds = 0] = /(\d+)m([\d.]+)s/.exec(text) ?? [];
  return 60 * Number(minutes) + Number(seconds);
}
