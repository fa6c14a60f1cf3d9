import { createInstance, type i18n as I18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { EN } from './en.ts';
import { ZH_CN } from './zh-cn.ts';

const STORAGE_KEY = 'wk.language';

export const LANGUAGES: readonly (readonly [code: string, name: string])[] = [
  ['en', 'English'],
  ['zh-CN', '简体中文'],
];

/** The user's choice, else the browser's, else English. */
export async function createI18n(): Promise<I18n> {
  const i18n = createInstance();
  await i18n.use(initReactI18next).init({
    lng: localStorage.getItem(STORAGE_KEY) ?? navigator.language,
    fallbackLng: { default: ['en'], zh: ['zh-CN'], 'zh-Hans': ['zh-CN'] },
    resources: { en: { translation: EN }, 'zh-CN': { translation: ZH_CN } },
    interpolation: { escapeValue: false },
  });
  const mark = (language: string) => {
    document.documentElement.lang = language;
  };
  mark(i18n.resolvedLanguage ?? 'en');
  i18n.on('languageChanged', (language) => {
    localStorage.setItem(STORAGE_KEY, language);
    mark(language);
  });
  return i18n;
}
