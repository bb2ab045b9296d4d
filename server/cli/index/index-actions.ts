import type { IndexClient } from '../../../client/index.js';
import { limits } from '../../contract/limits.js';
import { flag, text } from '../../settings/option.js';
import { defineAction } from '../define-actions.js';
import { noOperands, oneOperand, someOperands } from '../operands.js';
import { readImage } from './read-image.js';

export const addAction = defineAction({
  name: 'add',
  help: 'Adds one image and prints its ID.',
  operands: oneOperand('FILE'),
  options: {
    id: text('ID', 'ID of the image. Without it, one that is derived from --image-url, or a new one.', ''),
    'image-url': text('URL', 'Where the image is from.', ''),
    'page-url': text('URL', 'Page that shows the image.', ''),
    title: text('TEXT', 'Title of the image.', ''),
    description: text('TEXT', 'Description of the image.', ''),
  },
  async run(client: IndexClient, file, { id, title, description, 'image-url': imageUrl, 'page-url': pageUrl }) {
    const { image } = await client.add({ content: await readImage(file), id, imageUrl, pageUrl, title, description });
    process.stdout.write(`${image?.id ?? ''}\n`);
    return 0;
  },
});

export const deleteAction = defineAction({
  name: 'delete',
  help: 'Deletes images.',
  operands: someOperands('ID'),
  options: {},
  async run(client: IndexClient, ids) {
    let missing = 0;
    for (const id of ids) {
      if (await client.delete(id)) continue;
      missing++;
      process.stderr.write(`Image "${id}" not found.\n`);
    }
    return missing === 0 ? 0 : 1;
  },
});

export const signatureAction = defineAction({
  name: 'signature',
  help: 'Prints the signature of an image, which can be searched for without the image.',
  operands: oneOperand('FILE'),
  options: {},
  async run(client: IndexClient, file) {
    process.stdout.write(`${await client.signature(await readImage(file))}\n`);
    return 0;
  },
});

export const statsAction = defineAction({
  name: 'stats',
  help: 'Prints the size of the index.',
  operands: noOperands,
  options: { json: flag('Prints JSON.') },
  async run(client: IndexClient, _none, { json }) {
    const stats = await client.stats();
    const rows = Object.entries(stats).map(([name, value]) => [name, Number(value)] as const);
    // No store is empty on disk.
    if (stats.diskBytes === 0n) {
      process.stderr.write('Only administrators see memoryBytes and diskBytes, which are those of all folders.\n');
    }
    process.stdout.write(
      json
        ? `${JSON.stringify(Object.fromEntries(rows))}\n`
        : rows.map(([name, value]) => `${name}: ${value}\n`).join(''),
    );
    return 0;
  },
});

export const exportAction = defineAction({
  name: 'export',
  help: 'Prints the data of all images except their content, one JSON object per line.',
  operands: noOperands,
  options: {},
  async run(client: IndexClient) {
    let pageToken = '';
    do {
      const page = await client.list({ pageSize: limits.pageSize, pageToken });
      for (const image of page.images) process.stdout.write(`${JSON.stringify(image)}\n`);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return 0;
  },
});

export const compactAction = defineAction({
  name: 'compact',
  help: 'Frees the disk space of deleted images.',
  operands: noOperands,
  options: {},
  async run(client: IndexClient) {
    process.stdout.write(`${await client.compact()} bytes on disk\n`);
    return 0;
  },
});
