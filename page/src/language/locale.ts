import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { english, type Messages } from './english.js';
import { createFormat, type Format } from './format.js';
import { russian } from './russian.js';

export const localeCodes = ['en', 'ru'] as const;
export type LocaleCode = (typeof localeCodes)[number];

export interface Locale {
  readonly code: LocaleCode;
  readonly say: Messages;
  readonly format: Format;
}

export const locales: Readonly<Record<LocaleCode, Locale>> = {
  en: { code: 'en', say: english, format: createFormat('en') },
  ru: { code: 'ru', say: russian, format: createFormat('ru') },
};

/** The language of the page for the languages that a browser asks for, most wanted first. */
export function localeFor(wanted: readonly string[]): LocaleCode {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    const known = localeCodes.find((code) => code === language);
    if (known !== undefined) return known;
  }
  return 'en';
}

export const LocaleContext = createContext<Locale>(locales.en);

export function useLocale(): Locale {
  return useContext(LocaleContext);
}
