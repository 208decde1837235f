// The gallery: the page with the program's double, which shows any state at once, in any engine. Whoever
// looks at it calls `gallery.show`.

import { mount, unmount } from "svelte";

import App from "../../src/App.svelte";
import type { Backend } from "../../src/lib/backend/backend";
import { fake } from "../../src/lib/backend/fake";
import type { Scenario } from "../../src/lib/backend/scenes";
import type { Locale } from "../../src/lib/bindings/Locale";
import "../../src/styles/index.css";
import { paste, shown } from "./person";
import { VIEWS, type View } from "./views";

export type Gallery = {
  readonly names: readonly string[];
  /** Shows a state and waits until it stands still. */
  show(name: string, locale: Locale): Promise<void>;
  /** Shows the first screen, on which a check takes its time. */
  begin(scenario: Scenario, locale: Locale): Promise<void>;
  paste(): Promise<void>;
};

declare global {
  interface Window {
    gallery: Gallery;
  }
}

const inTime = window.setTimeout;
/** Seconds pass at once. */
const soon = ((work: TimerHandler, millis = 0) => inTime(work, millis < 1000 ? millis : 0)) as typeof window.setTimeout;

let shownNow: Record<string, unknown> | undefined;

async function open(view: View, locale: Locale, pace: number): Promise<void> {
  const target = document.getElementById("app");
  if (!target) throw new Error("there is no place for the page");
  if (shownNow) await unmount(shownNow);
  window.scrollTo(0, 0);
  window.setTimeout = view.late ? soon : inTime;
  const program = fake({ scenario: view.scenario, locale, pace, ...(view.os ? { os: view.os } : {}) });
  const backend: Backend = { ...program, ...view.change?.(program) };
  shownNow = mount(App, { target, props: { backend } });
  await shown("#screen h1");
  await view.reach?.(program);
  await still();
}

window.gallery = {
  names: Object.keys(VIEWS),
  show(name, locale) {
    const view = VIEWS[name];
    if (!view) throw new Error(`there is no view ${name}`);
    return open(view, locale, 0);
  },
  begin: (scenario, locale) => open({ scenario }, locale, 40),
  paste: () => paste(),
};

/** Nothing that ends is moving, and what was decided last is drawn. */
async function still(): Promise<void> {
  await document.fonts.ready;
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map((one) => one.finished));
  for (let drawn = 0; drawn < 2; drawn += 1) await new Promise((drawnNow) => requestAnimationFrame(drawnNow));
}
