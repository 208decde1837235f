// The languages, in the one place where they are listed. Each is a table of its own that is read when it
// is spoken: nobody reads two at once.

import type { Locale } from "../bindings/Locale";
import type { Words } from "./zh-CN";

export type { Words };

type Language = { readonly name: string; readonly table: () => Promise<Words> };

/** Each language by its own name, in the order of the switch. */
export const LANGUAGES: Record<Locale, Language> = {
  "zh-CN": { name: "简体中文", table: async () => (await import("./zh-CN")).zhCN },
  en: { name: "English", table: async () => (await import("./en")).en },
};

/** The tags of the languages, in that order. */
export const LOCALES = Object.keys(LANGUAGES) as readonly Locale[];

export function loadWords(locale: Locale): Promise<Words> {
  return LANGUAGES[locale].table();
}

/** A number as people of that language write it. */
export function count(locale: Locale, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Several names in one sentence, as people of that language join them. */
export function listed(locale: Locale, names: readonly string[]): string {
  return new Intl.ListFormat(locale).format(names);
}
