import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MatchEvidence_Kind, type FoundCopy, type IndexClient } from '../../../client/index.js';
import { limits } from '../../contract/limits.js';
import { replaceFile } from '../../files/replace-file.js';
import { count, flag, text } from '../../settings/option.js';
import { counted } from '../../strings/counted.js';
import { UsageError } from '../command.js';
import { defineAction } from '../define-actions.js';
import { optionalOperand } from '../operands.js';
import { createFileFinder } from './image-files.js';
import { readImage } from './read-image.js';
import { sideBySide } from './side-by-side.js';

export const searchAction = defineAction({
  name: 'search',
  help: 'Finds copies of an image and explains each match.',
  operands: optionalOperand('FILE'),
  options: {
    signature: text('TEXT', 'Searches for a signature instead of FILE.'),
    max: count('N', 'Maximum copies listed.', { fallback: 10, max: limits.copies }),
    json: flag('Prints JSON.'),
    picture: text('OUT', 'Writes a PNG file with the image and those of its copies that are in --files, side by side.'),
    files: text('DIR', 'Folder that was imported, for --picture.'),
  },
  async run(client: IndexClient, file, { signature, max, json, picture, files }) {
    const image = signature ?? (await readImage(requireFile(file)));
    if (signature !== undefined && file !== undefined) throw new UsageError(eitherOr);
    const { copyCount, copies } = await client.search(image, max);
    if (json) process.stdout.write(`${JSON.stringify({ copyCount: Number(copyCount), copies })}\n`);
    else {
      const ofFile = file === undefined ? '' : ` of ${basename(file)}`;
      process.stdout.write(`${counted(copyCount, 'copy', 'copies')}${ofFile}\n${copies.map(describe).join('')}`);
    }
    if (picture !== undefined) {
      const findFile = files === undefined ? undefined : createFileFinder(files);
      const paths = copies.flatMap(({ image: copy }) => (copy && findFile?.(copy)) ?? []);
      const pictures = await Promise.all(paths.map((path) => readFile(path)));
      replaceFile({
        path: picture,
        content: await sideBySide([...(typeof image === 'string' ? [] : [image]), ...pictures]),
      });
    }
    return copyCount > 0n ? 0 : 1;
  },
});

const eitherOr = 'index search takes either a FILE or --signature TEXT.';

function requireFile(file: string | undefined): string {
  if (file === undefined) throw new UsageError(eitherOr);
  return file;
}

function describe({ image, confidence, evidence }: FoundCopy): string {
  const about = [image?.title, image?.imageUrl, image?.pageUrl]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  return `${confidence.toFixed(3)}  ${image?.id}  ${reasonOf(evidence)}${about === '' ? '' : `\n       ${about}`}\n`;
}

function reasonOf(evidence: FoundCopy['evidence']): string {
  if (evidence?.kind === MatchEvidence_Kind.KIND_SAME_FILE) return 'the same file';
  if (evidence?.kind === MatchEvidence_Kind.KIND_WHOLE_IMAGE) {
    return `the whole image matches, ${evidence.hashDistance} of 256 hash bits differ`;
  }
  const mirrored = evidence?.mirrored === true ? ', mirrored' : '';
  return `${evidence?.agreeingFeatures} local features match${mirrored}, rotated by ${Math.round(evidence?.rotation ?? 0)} degrees`;
}
