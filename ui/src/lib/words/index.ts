// The languages. Each is a file of its own that is read when it is spoken: nobody reads two at once.

import type { Locale } from "../bindings/Locale";
import type { Words } from "./zh-CN";

export type { Words };

const TABLES: Record<Locale, () => Promise<Words>> = {
  "zh-CN": async () => (await import("./zh-CN")).zhCN,
  en: async () => (await import("./en")).en,
};

/** Each language by its own name, in the order of the switch. */
export const LANGUAGES: Record<Locale, string> = { "zh-CN": "简体中文", en: "English" };

export function loadWords(locale: Locale): Promise<Words> {
  return TABLES[locale]();
}

/** A number as people of that language write it. */
export function count(locale: Locale, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}
