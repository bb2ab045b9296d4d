import type { Access } from '../api/call.js';
import { localeCodes, localeFor, type LocaleCode } from '../language/locale.js';

const keyName = 'visiond.key';
const folderName = 'visiond.folder';
const languageName = 'visiond.language';

/** A key is never kept beyond its tab. Browsers that keep nothing at all must not stop the page. */
export function loadAccess(): Access {
  return { key: read(() => sessionStorage, keyName), folder: read(() => sessionStorage, folderName) };
}

export function saveAccess({ key, folder }: Access): void {
  write(() => sessionStorage, keyName, key);
  write(() => sessionStorage, folderName, folder);
}

export function loadLanguage(): LocaleCode {
  const saved = read(() => localStorage, languageName);
  return localeCodes.find((code) => code === saved) ?? localeFor(navigator.languages);
}

export function saveLanguage(code: LocaleCode): void {
  write(() => localStorage, languageName, code);
}

function read(storage: () => Storage, name: string): string {
  try {
    return storage().getItem(name) ?? '';
  } catch {
    return '';
  }
}

function write(storage: () => Storage, name: string, value: string): void {
  try {
    if (value === '') storage().removeItem(name);
    else storage().setItem(name, value);
  } catch {
    // It then lasts until the page is left.
  }
}
