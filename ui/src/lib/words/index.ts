// The tables by language.

import type { Locale } from "../bindings/Locale";
import { en } from "./en";
import { zhCN, type Words } from "./zh-CN";

export type { Words };

const TABLES: Record<Locale, Words> = { "zh-CN": zhCN, en };

export function wordsFor(locale: Locale): Words {
  return TABLES[locale];
}

/** A number as people of that language write it. */
export function count(locale: Locale, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}
