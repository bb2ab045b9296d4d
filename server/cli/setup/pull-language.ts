import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Language } from '../../features/text-detection/language/languages.js';
import type { TesseractDataFinder } from '../../features/text-detection/read/tesseract-data.js';
import { replaceFile } from '../../files/replace-file.js';
import { prepareFolder } from '../../files/writable-folder.js';

export interface PullResult {
  /** Whether it is installed now. */
  readonly found: boolean;
  /** What was done, as a sentence. */
  readonly message: string;
}

const execute = promisify(execFile);
const npmVersion = '1.0.0';
const commandTimeoutMs = 180_000;

/**
 * Installs the data of a language from npm or Debian, unless it is already installed.
 * @throws ConfigError if the folder for it cannot be used
 */
export async function pullLanguage({ code, tesseract }: Language, finder: TesseractDataFinder): Promise<PullResult> {
  const there = await finder.find(tesseract);
  if (there !== undefined) return { found: true, message: `Language ${code}: already installed as ${there.path}` };
  await prepareFolder('language folder', finder.ownFolder, '--data-dir DIR');
  const problems: string[] = [];
  for (const [from, source] of [
    ['npm', fromNpm],
    ["Debian's packages", fromDebian],
  ] as const) {
    const folder = await mkdtemp(join(tmpdir(), 'visiond-'));
    try {
      const path = await install(await source(tesseract, folder), finder.ownFolder);
      return { found: true, message: `Language ${code}: installed from ${from} as ${path}` };
    } catch (error) {
      problems.push(`${from}: ${firstLine(error)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const advice = `Copy ${tesseract}.traineddata to ${finder.ownFolder} to install it manually.`;
  return { found: false, message: `Language ${code} could not be installed. ${advice} Tried ${problems.join('; ')}` };
}

async function install(from: string, folder: string): Promise<string> {
  const to = join(folder, basename(from));
  replaceFile({ path: to, content: await readFile(from) });
  return to;
}

async function fromNpm(name: string, folder: string): Promise<string> {
  await run('npm', ['pack', `@tesseract.js-data/${name}@${npmVersion}`, '--silent'], folder);
  const [archive] = await readdir(folder);
  await run('tar', ['-xzf', archive ?? ''], folder);
  const packed = join(folder, 'package/4.0.0_best_int', `${name}.traineddata.gz`);
  await run('gunzip', [packed], folder);
  return packed.slice(0, -'.gz'.length);
}

/** Uses the machine's own package sources, with lists and cache of its own: that needs no rights. */
async function fromDebian(name: string, folder: string): Promise<string> {
  const packageName = `tesseract-ocr-${name.replaceAll('_', '-')}`;
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  const options = [
    ['Dir::State::lists', join(folder, 'lists')],
    ['Dir::Cache', join(folder, 'cache')],
    ['APT::Sandbox::User', ''],
    ['Acquire::Languages', 'none'],
    ['Acquire::http::Timeout', '15'],
    ['Acquire::https::Timeout', '15'],
    ['Acquire::Retries', '1'],
  ].flatMap(([option, value]) => ['-o', `${option}=${value}`]);
  await run('apt-get', [...options, 'update'], folder);
  await run('apt-get', [...options, 'download', packageName], folder);
  const archive = (await readdir(folder)).find((file) => file.endsWith('.deb'));
  await run('dpkg-deb', ['-x', archive ?? '', 'unpacked'], folder);
  const files = await readdir(join(folder, 'unpacked'), { recursive: true });
  const data = files.find((file) => basename(file) === `${name}.traineddata`);
  if (data === undefined) throw new Error(`${packageName} contains no ${name}.traineddata`);
  return join(folder, 'unpacked', data);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  await execute(command, args, { cwd, timeout: commandTimeoutMs, maxBuffer: 1 << 24 });
}

function firstLine(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'not found on this machine';
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.split('\n').find((line) => /\b(E:|ERR|error)/.test(line)) ?? text.split('\n')[0] ?? '';
}
