// In every state, the keyboard reaches all that can be used, and at each stop a person sees where they are.

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Gallery } from "./chromium";
import { VIEWS } from "./views";

/** At the usual size, and where the bar of buttons covers the most. */
describe.each([
  { locale: "zh-CN", width: 960 },
  { locale: "en", width: 320 },
] as const)("in $locale, $width wide", ({ locale, width }) => {
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await Gallery.open({ locale, theme: "light", width });
  });
  afterAll(() => gallery.close());

  it.each(Object.keys(VIEWS))("%s", async (name) => {
    await gallery.show(name);
    const look = () => gallery.page.evaluate(() => ({ at: window.measures.focused(), fault: window.measures.focusFault() }));
    const first = await look();
    expect(first.fault).toBeNull();
    const stops = await gallery.page.evaluate(() => window.measures.stops());
    const reached = new Set([first.at]);
    const faults: string[] = [];
    for (let press = 0; press < stops.length + 2; press += 1) {
      await gallery.page.keyboard.press("Tab");
      const { at, fault } = await look();
      reached.add(at);
      // Past the last stop the focus leaves the page for the window, once, and comes back to the first.
      if (fault && at !== "body") faults.push(fault);
    }
    expect(faults).toEqual([]);
    expect(stops.filter((stop) => !reached.has(stop))).toEqual([]);
  });
});
