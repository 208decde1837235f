// The languages, in the one place where they are listed. Each is a table of its own that is read when it
// is spoken: nobody reads two at once.

import type { Code } from "../bindings/Code";
import type { Locale } from "../bindings/Locale";
import { teller, type FindingTemplates, type FindingWords, type Facts } from "./facts";
import type { Words as Plain } from "./zh-CN";

export type Words = Plain & {
  /** What is said of each finding, given its facts. */
  readonly findings: (facts: Facts) => Record<Code, FindingWords>;
};

type Language = { readonly name: string; readonly table: () => Promise<Plain>; readonly findings: () => Promise<FindingTemplates> };

/** Each language by its own name, in the order of the switch. */
export const LANGUAGES: Record<Locale, Language> = {
  "zh-CN": { name: "简体中文", table: async () => (await import("./zh-CN")).zhCN, findings: async () => (await import("./findings.zh-CN")).findings },
  en: { name: "English", table: async () => (await import("./en")).en, findings: async () => (await import("./findings.en")).findings },
};

/** The tags of the languages, in that order. */
export const LOCALES = Object.keys(LANGUAGES) as readonly Locale[];

/** All words of a language. */
export async function loadWords(locale: Locale): Promise<Words> {
  const { table, findings } = LANGUAGES[locale];
  const [plain, templates] = await Promise.all([table(), findings()]);
  return { ...plain, findings: teller(templates) };
}

/** The same without what is said of findings, for a first screen that has none to tell. */
export async function loadPlainWords(locale: Locale): Promise<Words> {
  const unsaid = { title: "", meaning: "", action: "" };
  const findings = new Proxy({} as Record<Code, FindingWords>, { get: () => unsaid });
  return { ...(await LANGUAGES[locale].table()), findings: () => findings };
}

/** A number as people of that language write it. */
export function count(locale: Locale, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Several names in one sentence, as people of that language join them. */
export function listed(locale: Locale, names: readonly string[]): string {
  return new Intl.ListFormat(locale).format(names);
}
