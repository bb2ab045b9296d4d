import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  createIndexClient,
  MatchEvidence_Kind,
  VisionCallError,
  type FoundCopy,
  type IndexClient,
} from '../../../client/index.js';
import { Code } from '../../../gen/google/rpc/code.js';
import { fileProblem } from '../../files/file-problem.js';
import { replaceFile } from '../../files/replace-file.js';
import { counted } from '../../strings/counted.js';
import { parseCommandLine, UsageError, type Command } from '../command.js';
import { connectionOf, serverHelp, serverOptions } from '../options/server-options.js';
import { importImages } from './import-images.js';
import { fileOf, readSource } from './import-sources.js';
import { sideBySide } from './side-by-side.js';

const actions = ['import', 'add', 'delete', 'search', 'signature', 'stats', 'export', 'compact'] as const;
type Action = (typeof actions)[number];

const exportPage = 1000;

export const indexCommand: Command = {
  summary: 'Fills and searches the corpus of IMAGE_COPY_SEARCH.',
  help: `Fills and searches the corpus that IMAGE_COPY_SEARCH looks through, on a running server.

Usage: visiond index import SOURCE       adds the JPEG and PNG images below a folder, told by their bytes, or those of
                                         the rows of a .csv or .jsonl file with the columns file, id, imageUrl, pageUrl,
                                         title, description, or of what export printed. What is there already is skipped,
                                         so an import that was interrupted can be repeated.
       visiond index add FILE            adds one image: --id, --image-url, --page-url, --title, --description
       visiond index delete ID...        deletes images
       visiond index search FILE         finds copies and says why. --signature TEXT searches without the file.
       visiond index signature FILE      prints a signature, with which the image can be searched for
       visiond index stats               how much is stored
       visiond index export              prints what is stored of the images but their content, one JSON object an image
       visiond index compact             gives the space of deleted images back

  --replace         import: sends images again that the server has.
  --parallel N      import: images on their way at a time. Default 8.
  --failures FILE   import: gets a JSON line for every image that failed.
  --max N           search: copies that are listed. Default 10.
  --picture OUT     search: draws the image and its copies beside each other, as far as --files has them.
  --files DIR       import: the folder of the rows' files, in which rows without a file find theirs by id or name.
                    search: the folder that was imported.
  --json            search, stats: prints JSON.
${serverHelp}

Exit code 1 if an image failed, or if nothing was found or deleted.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, options);
    const [name, ...operands] = positionals;
    const action = actions.find((known) => known === name);
    if (action === undefined) throw new UsageError(`index takes one of ${actions.join(', ')}.`);
    const client = createIndexClient(await connectionOf(values, process.env));
    try {
      return await run(action, client, operands, values);
    } catch (error) {
      if (!(error instanceof VisionCallError)) throw error;
      const hint = error.code === Code.UNAVAILABLE ? ` Is a server running at ${values.endpoint}?` : '';
      throw new UsageError(`The call failed: ${error.message}.${hint}`);
    } finally {
      client.close();
    }
  },
};

const options = {
  ...serverOptions,
  replace: { type: 'boolean', default: false },
  parallel: { type: 'string', default: '8' },
  failures: { type: 'string' },
  max: { type: 'string', default: '10' },
  picture: { type: 'string' },
  files: { type: 'string' },
  json: { type: 'boolean', default: false },
  id: { type: 'string', default: '' },
  'image-url': { type: 'string', default: '' },
  'page-url': { type: 'string', default: '' },
  title: { type: 'string', default: '' },
  description: { type: 'string', default: '' },
  signature: { type: 'string' },
} as const;

type Values = ReturnType<typeof parseCommandLine<typeof options>>['values'];

async function run(action: Action, client: IndexClient, operands: readonly string[], values: Values): Promise<number> {
  const [operand = ''] = operands;
  const wanted = {
    import: 1,
    add: 1,
    delete: Infinity,
    search: values.signature === undefined ? 1 : 0,
    signature: 1,
    stats: 0,
    export: 0,
    compact: 0,
  }[action];
  if (wanted === Infinity ? operands.length === 0 : operands.length !== wanted) {
    throw new UsageError(
      `index ${action} takes ${wanted === Infinity ? 'at least one argument' : wanted === 1 ? 'one argument' : 'no argument'}.`,
    );
  }
  switch (action) {
    case 'import': {
      const parallel = whole('parallel', values.parallel, 64);
      const { items, leftOut } = await readSource(operand, values.files);
      const failed = await importImages(client, items, {
        replace: values.replace,
        parallel,
        failures: values.failures,
      });
      process.stdout.write(leftOut);
      return failed === 0 ? 0 : 1;
    }
    case 'add': {
      const { image } = await client.add({
        content: await readImage(operand),
        id: values.id,
        imageUrl: values['image-url'],
        pageUrl: values['page-url'],
        title: values.title,
        description: values.description,
      });
      process.stdout.write(`${image?.id ?? ''}\n`);
      return 0;
    }
    case 'delete': {
      let missing = 0;
      for (const id of operands) {
        if (await client.delete(id)) continue;
        missing++;
        process.stderr.write(`There is no image ${id}.\n`);
      }
      return missing === 0 ? 0 : 1;
    }
    case 'search':
      return search(client, values.signature ?? (await readImage(operand)), operand, values);
    case 'signature':
      process.stdout.write(`${await client.signature(await readImage(operand))}\n`);
      return 0;
    case 'stats': {
      const stats = await client.stats();
      const rows = Object.entries(stats).map(([name, value]) => [name, Number(value)] as const);
      process.stdout.write(
        values.json
          ? `${JSON.stringify(Object.fromEntries(rows))}\n`
          : rows.map(([name, value]) => `${name}: ${value}\n`).join(''),
      );
      return 0;
    }
    case 'export':
      await exportImages(client);
      return 0;
    case 'compact':
      process.stdout.write(`${await client.compact()} bytes on disk\n`);
      return 0;
    default:
      return action satisfies never;
  }
}

async function search(client: IndexClient, image: Buffer | string, file: string, values: Values): Promise<number> {
  const { copyCount, copies } = await client.search(image, whole('max', values.max, 100));
  if (values.json) process.stdout.write(`${JSON.stringify({ copyCount: Number(copyCount), copies })}\n`);
  else {
    process.stdout.write(
      `${counted(copyCount, 'copy', 'copies')}${file === '' ? '' : ` of ${basename(file)}`}\n${copies.map(describe).join('')}`,
    );
  }
  if (values.picture !== undefined) {
    const { files } = values;
    const found =
      files === undefined
        ? []
        : copies.map((copy) => fileOf(files, copy.image?.id ?? '')).filter((path) => existsSync(path));
    const pictures = await Promise.all(found.map((path) => readFile(path)));
    replaceFile({
      path: values.picture,
      content: await sideBySide([...(typeof image === 'string' ? [] : [image]), ...pictures]),
    });
  }
  return copyCount > 0n ? 0 : 1;
}

function describe({ image, confidence, evidence }: FoundCopy): string {
  const why =
    evidence?.kind === MatchEvidence_Kind.KIND_SAME_FILE
      ? 'the same file'
      : evidence?.kind === MatchEvidence_Kind.KIND_WHOLE_IMAGE
        ? `looks the same as a whole, ${evidence.hashDistance} of 256 bits differ`
        : `${evidence?.agreeingFeatures} details agree${evidence?.mirrored === true ? ', mirrored' : ''}, turned by ${Math.round(evidence?.rotation ?? 0)} degrees`;
  const about = [image?.title, image?.imageUrl, image?.pageUrl]
    .filter((text) => text !== undefined && text !== '')
    .join(' ');
  return `${confidence.toFixed(3)}  ${image?.id}  ${why}${about === '' ? '' : `\n       ${about}`}\n`;
}

async function exportImages(client: IndexClient): Promise<void> {
  let pageToken = '';
  do {
    const page = await client.list({ pageSize: exportPage, pageToken });
    for (const image of page.images) process.stdout.write(`${JSON.stringify(image)}\n`);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

async function readImage(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${fileProblem(error)?.reason ?? String(error)}.`);
  }
}

function whole(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > max) {
    throw new UsageError(`--${name} is "${text}": a whole number from 1 to ${max} is needed.`);
  }
  return value;
}
