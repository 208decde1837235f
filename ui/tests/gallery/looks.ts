// The ways in which a person's system shows the page.

import type { Locale } from "../../src/lib/bindings/Locale";
import { VIEWS } from "./views";

export type Look = {
  name: string;
  locale: Locale;
  theme: "light" | "dark";
  /** The system's own few colours instead of the page's. */
  forced?: true;
  /** In CSS pixels; 320 is a page at 400 % in a window of 1280. */
  width?: number;
  /** Of the system's text, in percent. */
  text?: number;
  /** Of which states there are accepted pictures. */
  pictured: readonly string[];
};

const ALL = Object.keys(VIEWS).filter((name) => !VIEWS[name]?.unpictured);
/** One of each kind of screen, for looks in which only the layout differs. */
const SOME = ["prepare", "checking", "check-bad-key", "models", "review-running", "manual", "result-proved", "status-drifted", "status-leaving", "doctor-trouble", "undone-with-rest"];

/** The looks that are wanted now; all of them, unless somebody named some. */
const NAMED = process.env["AIROUTER_LOOKS"]?.split(",");
export const wanted = (looks: Look[]): Look[] => looks.filter(({ name }) => NAMED?.includes(name) ?? true);

const both = (look: (locale: Locale, tag: string) => Look): Look[] => [look("zh-CN", "zh"), look("en", "en")];

export const LIGHT = both((locale, tag) => ({ name: `${tag}-light`, locale, theme: "light", pictured: ALL }));
export const DARK = both((locale, tag) => ({ name: `${tag}-dark`, locale, theme: "dark", pictured: ALL }));
export const FORCED = both((locale, tag) => ({ name: `${tag}-forced`, locale, theme: "light", forced: true, pictured: SOME }));
export const NARROW = both((locale, tag) => ({ name: `${tag}-narrow`, locale, theme: "light", width: 320, pictured: SOME }));
export const LARGE = both((locale, tag) => ({ name: `${tag}-large`, locale, theme: "dark", text: 200, pictured: SOME }));
