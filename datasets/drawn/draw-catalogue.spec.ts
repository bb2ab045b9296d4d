import { describe, expect, it } from 'vitest';
import { catalogueTexts } from './catalogue-texts.js';
import { cataloguePage, catalogueWords, drawCatalogue } from './draw-catalogue.js';

const scale = 2;

describe.each(catalogueTexts)('a catalogue page in $language', (texts) => {
  it('is the same for the same seed, and another for another', () => {
    expect(cataloguePage(texts, 1)).toEqual(cataloguePage(texts, 1));
    expect(cataloguePage(texts, 1).texts).not.toEqual(cataloguePage(texts, 2).texts);
  });

  it('has ink in the box of every word, and none elsewhere', async () => {
    const page = { ...cataloguePage(texts, 3), shapes: '' };
    const { data, info } = await drawCatalogue(page, scale).greyscale().raw().toBuffer({ resolveWithObject: true });
    const words = catalogueWords(page, scale).flat();
    const blank = words.filter(({ box: [left, top, right, bottom] }) => {
      let darkest = 255;
      for (let y = Math.floor(top); y < bottom; y++) {
        for (let x = Math.floor(left); x < right; x++) {
          darkest = Math.min(darkest, data[y * info.width + x]!);
          // What is accounted for must not count again below.
          data[y * info.width + x] = 255;
        }
      }
      return darkest > 128;
    });
    expect(words.length).toBeGreaterThan(280);
    // A box may take the ink of its neighbor: all of it would make a word blank.
    expect(blank).toEqual([]);
    expect(data.filter((value) => value < 100)).toHaveLength(0);
  });

  it('turns some labels', () => {
    const turned = cataloguePage(texts, 1).texts.filter(({ angle }) => angle === -90);
    expect(turned.length).toBeGreaterThan(1);
  });

  it('stays on the page', () => {
    for (const seed of [1, 2, 3, 4]) {
      const page = cataloguePage(texts, seed);
      for (const { box } of catalogueWords(page, 1).flat()) {
        expect(box[0]).toBeGreaterThan(20);
        expect(box[1]).toBeGreaterThan(20);
        expect(box[2]).toBeLessThan(page.width - 20);
        expect(box[3]).toBeLessThan(page.height - 10);
      }
    }
  });
});
