// The gallery: the page with the program's double, which shows any state at once, in any engine. Whoever
// looks at it calls `gallery.show`.

import { mount, unmount } from "svelte";

import App from "../../src/App.svelte";
import type { Backend } from "../../src/lib/backend/backend";
import { fake } from "../../src/lib/backend/fake";
import type { Locale } from "../../src/lib/bindings/Locale";
import "../../src/styles/index.css";
import { shown } from "./person";
import { VIEWS } from "./views";

export type Gallery = {
  readonly names: readonly string[];
  readonly pictured: readonly string[];
  /** Shows a state and waits until it stands still. */
  show(name: string, locale: Locale, pace?: number): Promise<void>;
};

declare global {
  interface Window {
    gallery: Gallery;
  }
}

let shownNow: Record<string, unknown> | undefined;

window.gallery = {
  names: Object.keys(VIEWS),
  pictured: Object.keys(VIEWS).filter((name) => !VIEWS[name]?.unpictured),
  async show(name, locale, pace = 0) {
    const view = VIEWS[name];
    const target = document.getElementById("app");
    if (!view || !target) throw new Error(`there is no view ${name}`);
    if (shownNow) await unmount(shownNow);
    window.scrollTo(0, 0);
    const program = fake({ scenario: view.scenario, locale, pace });
    const backend: Backend = { ...program, ...view.change?.(program) };
    shownNow = mount(App, { target, props: { backend } });
    await shown("#screen h1");
    await view.reach?.(program);
    await still();
  },
};

/** Nothing that ends is moving, and what was decided last is drawn. */
async function still(): Promise<void> {
  await document.fonts.ready;
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map((one) => one.finished));
  for (let drawn = 0; drawn < 2; drawn += 1) await new Promise((drawnNow) => requestAnimationFrame(drawnNow));
}
