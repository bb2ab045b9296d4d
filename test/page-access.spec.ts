import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createKeyStore } from '../server/auth/key-store.js';
import { chromiumPath, openPage, startBrowser } from './browser.js';
import { startTestServer } from './server.js';

it.skipIf(chromiumPath === undefined)(
  'asks for a key where the server does, and keeps it no longer than its tab',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'visiond-page-access-'));
    const running = await startTestServer({ workers: '1', 'data-dir': folder, auth: 'keys' });
    const browser = await startBrowser();
    try {
      const { key } = await createKeyStore(folder).createApiKey({ name: 'page', folders: ['f1'] });
      const { page, complaints } = await openPage(browser, running.origin, '/');
      await page.getByRole('button', { name: 'Try a sample' }).click();
      const dialog = page.getByRole('dialog', { name: 'Key and folder' });
      await dialog.getByText('This server asks for a key.').waitFor();
      await dialog.getByLabel('API key or token').fill('vd_wrong');
      await page.keyboard.press('Enter');
      await page.getByText('The key or token is not valid, or it has expired.').waitFor();

      await page.getByRole('button', { name: 'Access' }).click();
      await dialog.getByLabel('API key or token').fill(key);
      await page.keyboard.press('Enter');
      await page.getByRole('option', { name: /Coffee beans/ }).waitFor();
      const code = await page.locator('pre').first().innerText();
      expect(code).toContain('-H "Authorization: Api-Key $VISIOND_KEY"');
      expect(await page.evaluate('[...Object.values(localStorage), document.cookie].join()')).toBe('');
      expect(await page.evaluate('sessionStorage.getItem("visiond.key")')).toBe(key);

      await page.locator('a[href="#server"]').click();
      await page.getByText('Threads busy').waitFor();
      await page.reload();
      await page.getByText('Threads busy').waitFor();
      // Browsers report in their console that the server answered with 401, as it was asked to.
      expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
      const other = await openPage(browser, running.origin, '/#server');
      await other.page.getByText('The figures are for callers with a key.').waitFor();
    } finally {
      await browser.close();
      await running.close();
      rmSync(folder, { recursive: true });
    }
  },
);
