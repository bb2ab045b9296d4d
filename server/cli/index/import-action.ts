import type { IndexClient } from '../../../client/index.js';
import { count, flag, text } from '../../settings/option.js';
import { defineAction } from '../define-actions.js';
import { oneOperand } from '../operands.js';
import { importImages } from './import-images.js';
import { columns, readSource } from './import-sources.js';

const maxParallel = 64;

export const importAction = defineAction({
  name: 'import',
  help:
    'Adds the JPEG and PNG images in a folder and its subfolders, recognized by their bytes, or those listed in a .csv ' +
    `or .jsonl file with the columns ${columns.join(', ')}, or in the output of export. Images that are already in the ` +
    'index are skipped, so an interrupted import can be repeated.',
  operands: oneOperand('SOURCE'),
  options: {
    replace: flag('Also sends images that are already in the index.'),
    parallel: count('N', 'Images sent in parallel.', { fallback: 8, max: maxParallel }),
    failures: text('FILE', 'Appends a JSON line to FILE for every image that failed.'),
    files: text('DIR', 'Folder of the files in a .csv or .jsonl file. Rows without a file find theirs by ID or name.'),
  },
  async run(client: IndexClient, source, { files, ...options }) {
    const { items, leftOut } = await readSource(source, files);
    const failed = await importImages(client, items, options);
    process.stdout.write(leftOut);
    return failed === 0 ? 0 : 1;
  },
});
