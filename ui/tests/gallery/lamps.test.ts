// Nothing moves while the lamps fill in, whatever the check ends in.

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Scenario } from "../../src/lib/backend/scenes";
import { Gallery } from "./chromium";

const ENDS: Scenario[] = ["healthy", "bad-key", "no-balance", "offline", "no-streaming", "small-warning"];

describe.each([960, 320])("in a window %i wide", (width) => {
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await Gallery.open({ locale: "zh-CN", theme: "light", width });
  });
  afterAll(() => gallery.close());

  it.each(ENDS)("a check that ends as %s", async (scenario) => {
    const { frames, moved } = await gallery.movements(scenario);
    expect(frames).toBeGreaterThan(3);
    expect(moved).toEqual([]);
  });

  it("notices what moves", async () => {
    await gallery.page.addStyleTag({ content: ".lamp[data-state=ok] { padding-block-end: 20px !important; }" });
    const { moved } = await gallery.movements("healthy");
    expect(moved.some((each) => each.startsWith("shift of"))).toBe(true);
    expect(moved.some((each) => each.includes("→"))).toBe(true);
  });
});
