// Whether the pictures see what they are for: a wrong colour anywhere, and not how a system sets letters.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Gallery } from "./chromium";
import { looksDifferent } from "./pictures";
import { VIEWS } from "./views";

const LOOK = { locale: "zh-CN", theme: "light" } as const;
/** Together they use every colour. */
const SAMPLE = ["check-no-balance", "check-warned", "key-rehearsal", "checking", "models-unfolded", "review-unfolded", "result-proved-unfolded", "status-drifted", "status-leaving", "manual", "apply"];

const css = readFileSync(join(import.meta.dirname, "../../src/styles/tokens.css"), "utf8");
/** The names of all colours that are decided in one place. */
const COLOURS = [...new Set([...css.matchAll(/(--[\w-]+):\s*(?:light-dark\(|#|rgb|oklch|color-mix)/g)].map(([, name = ""]) => name))];

describe("the pictures", () => {
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await Gallery.open(LOOK);
  });
  afterAll(() => gallery.close());

  const paint = (token: string, colour: string | null) =>
    gallery.page.evaluate(([name, value]) => document.documentElement.style.setProperty(name, value), [token, colour] as const);

  it("turn red when a colour is wrong, whichever it is", async () => {
    expect(COLOURS).toContain("--accent");
    let unseen = COLOURS;
    for (const name of SAMPLE) {
      await gallery.show(name);
      const right = await gallery.page.screenshot();
      const still: string[] = [];
      for (const token of unseen) {
        await paint(token, "#d400d4");
        if (!looksDifferent(right, await gallery.page.screenshot())) still.push(token);
        await paint(token, null);
      }
      unseen = still;
    }
    expect(unseen).toEqual([]);
  });

  it("turn red when a colour is only another shade", async () => {
    await gallery.show("key");
    const right = await gallery.page.screenshot();
    await paint("--accent", "light-dark(#5a3fc4, #8fb3ff)");
    expect(looksDifferent(right, await gallery.page.screenshot())).toBe(true);
    await paint("--accent", null);
    expect(looksDifferent(right, await gallery.page.screenshot())).toBe(false);
  });

  it("stay green when letters are drawn otherwise", async () => {
    const other = await Gallery.open(LOOK, ["--font-render-hinting=none", "--disable-lcd-text", "--disable-font-subpixel-positioning"]);
    const different: string[] = [];
    for (const name of SAMPLE) {
      await Promise.all([gallery.show(name), other.show(name)]);
      const [one, two] = [await gallery.page.screenshot(), await other.page.screenshot()];
      expect(one.equals(two)).toBe(false);
      if (looksDifferent(one, two)) different.push(name);
    }
    await other.close();
    expect(different).toEqual([]);
  });

  it("show every scenario that there is", async () => {
    const { SCENARIOS } = await import("../../src/lib/backend/scenes");
    const played = Object.values(VIEWS).map(({ scenario }) => scenario);
    expect(SCENARIOS.filter((scenario) => !played.includes(scenario))).toEqual([]);
  });
});

describe("the measures", () => {
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await Gallery.open(LOOK);
  });
  afterAll(() => gallery.close());

  it.each([
    ["text that is cut off", "#standing, .lead { overflow: hidden; white-space: nowrap; inline-size: 3rem; }", "cut off"],
    ["text that lies on other text", ".lead { margin-block-start: -2.5rem !important; }", "lies on"],
    ["a page that is too wide", "#screen { inline-size: 120vw; }", "the page is"],
    ["a hint that does not fit", "#key-input { inline-size: 6rem !important; }", "hint needs"],
    ["too little contrast", ".lead { color: #999 !important; }", "color-contrast"],
    ["a target that is too small", "#language label, #language input { block-size: 12px !important; min-block-size: 0 !important; padding: 0 !important; inline-size: 12px !important; overflow: hidden; }", "target-size"],
  ])("notice %s", async (_, style, told) => {
    await gallery.show("key");
    expect(await gallery.faults()).toEqual([]);
    const wrong = await gallery.page.addStyleTag({ content: style });
    const faults = await gallery.faults();
    await wrong.evaluate((element) => (element as Element).remove());
    expect(faults.join("\n")).toContain(told);
  });

  it("notice a focus that is covered, lost or outside", async () => {
    await gallery.show("key");
    const fault = (act: () => void) => gallery.page.evaluate(act).then(() => gallery.page.evaluate(() => window.measures.focusFault()));
    expect(await fault(() => document.getElementById("key-input")?.focus())).toBeNull();
    expect(await fault(() => (document.getElementById("key-input") as HTMLElement).blur())).toContain("nothing");
    expect(await fault(() => {
      document.getElementById("key-input")?.focus();
      document.body.insertAdjacentHTML("beforeend", '<div id="lid" style="position: fixed; inset: 0"></div>');
    })).toContain("covered");
    expect(await fault(() => document.getElementById("lid")?.remove())).toBeNull();
  });
});
