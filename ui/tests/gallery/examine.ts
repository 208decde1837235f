// One look, all states: nothing that axe knows, no text that cannot be read, nothing that looks otherwise
// than what was accepted.

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Gallery } from "./chromium";
import type { Look } from "./looks";
import { compare } from "./pictures";
import { VIEWS } from "./views";

export function examine(look: Look): void {
  describe(look.name, () => {
    let gallery: Gallery;
    beforeAll(async () => {
      gallery = await Gallery.open(look);
    });
    afterAll(() => gallery.close());

    it.each(Object.keys(VIEWS))("%s", async (name) => {
      const accepting = inject("accepting");
      await gallery.show(name);
      // The picture first: measuring moves what sticks.
      const isPictured = inject("comparing") && look.pictured.includes(name);
      const differs = isPictured ? compare(`${look.name}/${name}`, await gallery.page.screenshot(), accepting) : null;
      // What is accepted is judged by a person, and measured the next time.
      expect(accepting ? [] : await gallery.faults()).toEqual([]);
      expect(differs).toBeNull();
    });
  });
}
