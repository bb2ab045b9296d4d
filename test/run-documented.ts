import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { repositoryRoot } from '../server/paths.js';
import { fixturePath } from './fixtures.js';
import { isolation } from './isolation.js';
import { wholeClone } from './partial-clone.js';

/** How a block of commands has ended. A server is stopped at the end. */
interface Outcome {
  /** 0 also for a server that got ready. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const execute = promisify(execFile);
const runner = join(repositoryRoot, 'test/workers/run-blocks.mjs');
/** Where servers of the documentation listen. */
const port = 8080;

/** Runs blocks of commands as they are written in the documentation. */
export interface DocumentationRunner {
  /** What is run, or why nothing is. */
  readonly says: string;
  /** Whether nothing can be run here. */
  readonly isIdle: boolean;
  /** Whether a block can be run here. */
  readonly takes: (commands: string) => boolean;
  /** Runs blocks in their order until one fails, in a fresh copy of this clone and with an empty home. */
  readonly run: (blocks: readonly string[], timeoutMs: number) => Promise<readonly Outcome[]>;
  readonly close: () => void;
}

/** Whether a block ends with a server. */
export function serves(commands: string): boolean {
  return /^(npm start|(npx |\S*\/)visiond serve)\b/.test(commands.split('\n').at(-1) ?? '');
}

/** Prefers namespaces of Linux, where there is no network, all ports are free and the folders of an operator are empty. */
export async function createDocumentationRunner(): Promise<DocumentationRunner> {
  const folder = mkdtempSync(join(tmpdir(), 'visiond-docs-'));
  for (const name of ['opt', 'lib']) mkdirSync(join(folder, name));
  const namespaces = isolation(
    'ip addr add 10.0.0.5 dev lo',
    `mount --bind ${folder}/opt /opt`,
    `mount --bind ${folder}/lib /var/lib`,
  );
  const isIsolated = namespaces.length > 0;
  const isIdle = !isIsolated && (await isTaken());
  return {
    says: isIsolated
      ? 'run without network'
      : isIdle
        ? `not run, as another program listens on port ${port}`
        : 'run, but for those that need namespaces of Linux',
    isIdle,
    takes: (commands) => isIsolated || !/\/opt\/|10\.0\.0\.5/.test(commands),
    async run(blocks, timeoutMs) {
      const home = mkdtempSync(join(folder, 'home-'));
      const clone = wholeClone();
      try {
        await drawFiles(clone);
        const scripts = JSON.stringify(blocks.map((commands) => ({ commands, serves: serves(commands) })));
        const [program, ...args] = [...namespaces, process.execPath, runner, scripts];
        const env = { PATH: process.env['PATH'], HOME: home };
        const { stdout } = await execute(program, args, { cwd: clone, env, timeout: timeoutMs, maxBuffer: 1e8 });
        return JSON.parse(stdout);
      } finally {
        rmSync(clone, { recursive: true });
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** The files of an operator that the documentation names. */
async function drawFiles(clone: string): Promise<void> {
  const photos = join(clone, 'photos');
  mkdirSync(photos);
  for (const seed of [1, 2, 3]) {
    await drawPicture(seed, 400, 300)
      .jpeg()
      .toFile(join(photos, `${seed}.jpg`));
  }
  const part = { left: 40, top: 30, width: 320, height: 240 };
  await sharp(readFileSync(join(photos, '2.jpg')))
    .extract(part)
    .rotate(5)
    .jpeg()
    .toFile(join(clone, 'suspect.jpg'));
  await sharp(readFileSync(fixturePath('faces.png')))
    .jpeg()
    .toFile(join(clone, 'photo.jpg'));
  writeFileSync(
    join(clone, 'catalog.csv'),
    'file,id,imageUrl,pageUrl,title,description\nphotos/3.jpg,lamp,https://example.org/3.jpg,,A lamp,\n',
  );
}

function isTaken(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
