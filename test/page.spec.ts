import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { textLine, writePdf } from '../datasets/drawn/write-pdf.js';
import { repositoryRoot } from '../server/paths.js';
import { chromiumPath, openPage, startBrowser, type WatchedPage } from './browser.js';
import { fixturePath } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-page-'));
const sample = join(repositoryRoot, 'examples/sample.png');
let running: TestServer;
let browser: Browser;
let watched: WatchedPage | undefined;

/** Drops a file on the page, as a person does. */
const drop = async (page: Page, path: string, name: string): Promise<void> => {
  const bytes = readFileSync(path).toString('base64');
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], ${JSON.stringify(name)}));
    const target = document.querySelector('main');
    for (const type of ['dragenter', 'dragover', 'drop']) {
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  })()`);
};
/** Names of controls that have none for screen readers. */
const unlabeled = (page: Page): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('button, input, select, textarea, a, summary, [role=meter], [role=img], [role=listbox]')]
    .filter((control) => !(control.getAttribute('aria-label') || control.labels?.length || control.textContent.trim()))
    .map((control) => control.outerHTML)`);
const widthOf = async (shown: Locator): Promise<number> => (await shown.boundingBox())?.width ?? Number.NaN;
const overflow = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe.skipIf(chromiumPath === undefined)('the page', () => {
  beforeAll(async () => {
    running = await startTestServer({ workers: '1', 'data-dir': join(folder, 'data') });
    browser = await startBrowser();
  });
  afterEach(async () => {
    const complaints = watched?.complaints;
    await watched?.close();
    watched = undefined;
    if (complaints !== undefined && complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  afterAll(async () => {
    await browser.close();
    await running.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (options: BrowserContextOptions = {}, path = '/'): Promise<Page> => {
    watched = await openPage(browser, running.origin, path, options);
    return watched.page;
  };

  it('shows the words of a file that is dropped on it, without a further click', async () => {
    const page = await open();
    await drop(page, sample, 'receipt.png');
    const lines = page.getByRole('listbox').getByRole('option');
    await lines.first().waitFor();
    expect((await lines.allInnerTexts()).join('\n')).toMatch(/INVOICE[\s\S]*Coffee beans[\s\S]*Хлеб[\s\S]*17\.45/);
    expect(await page.locator('.shape').count()).toBe(24);
    expect(await page.getByRole('status').filter({ hasText: 'words' }).innerText()).toMatch(/Analyzed in .* 24 words/);
  });

  it('shows the sample at the first click, and where each line and word is', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Try a sample' }).click();
    const line = page.getByRole('option', { name: /Coffee beans/ });
    await line.locator('.word', { hasText: 'Coffee' }).hover();
    const lit = page.locator('.shape.is-lit');
    expect(await lit.evaluateAll((shapes) => shapes.map((shape) => shape.getAttribute('data-label')))).toEqual([
      'Coffee',
    ]);
    await page.locator('.shape[data-label="TOTAL"]').hover();
    expect(await page.locator('.word.is-lit').allInnerTexts()).toEqual(['TOTAL']);
    expect(await page.locator('.readout').innerText()).toMatch(/^TOTAL · \d\d%$/);
    await page.getByRole('radio', { name: 'Blocks' }).check({ force: true });
    expect(await page.locator('.shape').count()).toBeLessThan(10);
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open();
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement.textContent || document.activeElement.getAttribute("aria-label")');
    const tabTo = async (name: string | RegExp): Promise<void> => {
      for (let times = 0; times < 40; times++) {
        await page.keyboard.press('Tab');
        if (String(await focused()).match(name)) return;
      }
      throw new Error(`Tab does not reach ${String(name)}`);
    };
    await tabTo(/^Try a sample$/);
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await tabTo(/INVOICE/);
    for (let times = 0; times < 3; times++) await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('listbox').getByRole('option', { selected: true }).innerText()).toContain(
      'Coffee beans',
    );
    const lit = await page
      .locator('.shape.is-lit')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-label')));
    expect(lit).toEqual(['Coffee', 'beans,', '1', 'kg']);
    await tabTo(/^Copy code$/);
  });

  it('finds faces, classes and copies, and what a person chooses', async () => {
    const page = await open();
    for (const name of ['Faces', 'Classes', 'Copies']) await page.getByLabel(name, { exact: true }).check();
    await page.getByLabel('Objects').check();
    await page.getByRole('textbox', { name: 'A model of your own' }).fill('mine');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Add a language').selectOption({ label: 'Russian' });
    await page.getByRole('button', { name: 'Try a sample' }).click();
    const results = page.getByRole('region', { name: 'Results' });
    await results.getByRole('listbox').waitFor();
    const headings = await results.getByRole('heading', { level: 2 }).allInnerTexts();
    expect(headings).toEqual(['Text', 'Faces', 'Copies', 'Quality', 'Moderation', 'Objects', 'The same call in code']);
    expect(await results.getByText('No faces were found.').count()).toBe(1);
    expect(await results.getByRole('meter').count()).toBeGreaterThan(3);
    const bar = results.getByRole('meter', { name: 'text' });
    const shown = await widthOf(bar.locator('span'));
    expect(shown / (await widthOf(bar))).toBeCloseTo(Number(await bar.getAttribute('aria-valuenow')), 1);
    expect(await results.getByRole('alert').innerText()).toContain('Unknown CLASSIFICATION model "mine"');
    expect(await results.locator('pre').first().innerText()).toContain('"languageCodes": ["ru"]');
    expect(await unlabeled(page)).toEqual([]);
  });

  it('outlines faces, and names what it recognized in the text', async () => {
    const page = await open();
    await page.getByLabel('Faces').check();
    await page.getByLabel('Choose files').setInputFiles(fixturePath('faces.png'));
    await page.getByText('3 faces').waitFor();
    await page.getByText('Face 2', { exact: true }).hover();
    const lit = page.locator('.shape.is-lit');
    expect(await lit.evaluateAll((all) => all.map((one) => one.getAttribute('data-key')))).toEqual(['face.1']);
    await page.getByLabel('Add files').setInputFiles(fixturePath('contacts.png'));
    await page.getByRole('definition').first().waitFor();
    expect(await page.getByRole('definition').allInnerTexts()).toContain('mail@fluid-line.ru');
  });

  it('shows the pages of a PDF, and says of a broken file what is wrong', async () => {
    const pdf = join(folder, 'book.pdf');
    const pages = ['Chapter one', 'Chapter two'].map((text) => ({
      width: 420,
      height: 595,
      content: textLine(text, 40, 500, 20),
    }));
    writeFileSync(pdf, writePdf(pages));
    writeFileSync(join(folder, 'broken.png'), readFileSync(sample).subarray(0, 2000));
    const page = await open();
    await page.getByLabel('Choose files').setInputFiles([pdf, join(folder, 'broken.png')]);
    await page.getByRole('option', { name: /Chapter one/ }).waitFor();
    expect(
      await page
        .getByRole('img', { name: /page 1 of book.pdf/ })
        .locator('text')
        .allTextContents(),
    ).toEqual(['Chapter', 'one']);
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByRole('option', { name: /Chapter two/ }).waitFor();
    await page.getByRole('button', { name: /^broken\.png/ }).click();
    expect(await page.getByRole('alert').innerText()).toContain('The picture is damaged and cannot be opened.');
    await page.getByRole('button', { name: 'Remove broken.png' }).click();
    await page
      .getByRole('option', { name: /Chapter/ })
      .first()
      .waitFor();
  });

  it('tells that choices have changed since the analysis, and analyzes again', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Try a sample' }).click();
    await page.getByRole('listbox').waitFor();
    const again = page.getByRole('button', { name: 'Analyze again' });
    expect(await again.getAttribute('class')).toBe('');
    await page.getByLabel('Faces').check();
    expect(await again.getAttribute('class')).toBe('primary');
    await again.click();
    await page.getByText('No faces were found.').waitFor();
    expect(await again.getAttribute('class')).toBe('');
  });

  it('copies and saves what was found', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Try a sample' }).click();
    const clipboard = (): Promise<unknown> => page.evaluate('navigator.clipboard.readText()');
    await page.getByRole('button', { name: 'Copy text' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await clipboard()).toMatch(/^INVOICE No\. 2026-014\n\nСчёт для кафе/);
    await page.getByRole('button', { name: 'Copy JSON' }).click();
    await page.getByRole('button', { name: 'Copied' }).last().waitFor();
    expect(JSON.parse(String(await clipboard()))).toMatchObject({ results: [{ results: [{ textDetection: {} }] }] });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save text' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('sample.txt');
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^INVOICE No\. 2026-014\n/);
  });

  it('adds to the corpus, finds copies in it, and deletes after a second click', async () => {
    const page = await open({}, '/#corpus');
    await page.getByText('The corpus is empty.').waitFor();
    await page.getByLabel('Choose files').last().setInputFiles(sample);
    await page.getByLabel('Title').fill('Invoice of a café');
    await page.getByLabel('URL of its web page').fill('https://example.org/cafe');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('1 image added').waitFor();
    const browse = page.getByRole('region', { name: 'Images in the corpus' });
    await browse.getByRole('heading', { name: 'Invoice of a café' }).waitFor();
    await page.getByLabel('Choose an image').setInputFiles(sample);
    const search = page.getByRole('region', { name: 'Search for copies' });
    await search.getByText('The same file').waitFor();
    expect(await search.getByRole('link', { name: /Web page/ }).getAttribute('rel')).toBe('noopener noreferrer');
    await browse.getByRole('button', { name: 'Delete Invoice of a café' }).click();
    await browse.getByRole('button', { name: 'Keep' }).click();
    expect(await browse.getByText('1 image').count()).toBe(1);
    await browse.getByRole('button', { name: 'Delete Invoice of a café' }).click();
    await browse.getByRole('button', { name: 'Delete for good?' }).click();
    await page.getByText('The corpus is empty.').waitFor();
  });

  it('tells how the server is', async () => {
    const page = await open({}, '/#server');
    await page.getByText('The server is ready').waitFor();
    const figures = await page.locator('.figures dt').allInnerTexts();
    expect(figures).toEqual(expect.arrayContaining(['Version', 'Images waiting', 'Threads busy', 'Models ready']));
  });

  it('turns a picture in another format into one that the server takes', async () => {
    const page = await open();
    const webp: unknown = await page.evaluate(`(async () => {
      const canvas = new OffscreenCanvas(900, 160);
      const context = canvas.getContext('2d');
      context.fillStyle = '#fff';
      context.fillRect(0, 0, 900, 160);
      context.fillStyle = '#000';
      context.font = '64px DejaVu Sans, sans-serif';
      context.fillText('Chapter one', 40, 100);
      const blob = await canvas.convertToBlob({ type: 'image/webp' });
      return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
    })()`);
    const path = join(folder, 'picture.webp');
    writeFileSync(path, Buffer.from(String(webp), 'base64'));
    await drop(page, path, 'picture.webp');
    await page.getByText('The picture was turned into a JPEG').waitFor();
    expect(await page.getByRole('listbox').getByRole('option').first().innerText()).toContain('Chapter one');
  });

  it('has an API reference that asks no other server for anything', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open({ colorScheme }, '/docs');
      await page.getByText('/vision/v1/batchAnalyze').first().click();
      await page.getByText('Request body').waitFor();
      const isDark: unknown = await page.evaluate('document.documentElement.classList.contains("dark-mode")');
      expect(isDark).toBe(colorScheme === 'dark');
      expect(await overflow(page)).toBe(0);
      if (colorScheme === 'light') await watched?.close();
    }
  });

  it('speaks Russian to who reads it, and English to who wants it', async () => {
    const page = await open({ locale: 'ru-RU' });
    await page.getByRole('heading', { name: 'Прочитайте, что на ваших изображениях' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ru');
    await page.getByLabel('Язык', { exact: true }).selectOption('en');
    await page.getByRole('heading', { name: 'Read what is in your images' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Read what is in your images' }).waitFor();
  });

  it.each(['en-US', 'ru-RU'])('fits a phone, in the dark, in %s', async (locale) => {
    const page = await open({ locale, viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(17, 21, 27)');
    expect(await overflow(page)).toBe(0);
    await drop(page, sample, 'a-rather-long-name-of-a-photograph-that-a-phone-took-today.png');
    await page.getByRole('listbox').waitFor();
    expect(await overflow(page)).toBe(0);
    for (const view of ['corpus', 'server']) {
      await page.locator(`a[href="#${view}"]`).click();
      await page.getByRole('heading', { level: 1 }).last().waitFor();
      expect([view, await overflow(page), await unlabeled(page)]).toEqual([view, 0, []]);
    }
  });
});
