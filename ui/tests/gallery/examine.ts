// One look, all states: nothing that axe knows, no text that cannot be read, nothing that looks otherwise
// than what was accepted.

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Gallery } from "./chromium";
import type { Look } from "./looks";
import { compare, compareColours } from "./pictures";
import { VIEWS } from "./views";

export function examine(look: Look): void {
  describe(look.name, () => {
    let gallery: Gallery;
    const colours = new Set<string>();
    beforeAll(async () => {
      gallery = await Gallery.open(look);
    });
    afterAll(() => gallery.close());

    it.each(Object.keys(VIEWS))("%s", async (name) => {
      const accepting = inject("accepting");
      await gallery.show(name);
      // The picture before what is measured, which moves what sticks.
      for (const colour of await gallery.colours()) colours.add(colour);
      const differs = look.pictured.includes(name) ? compare(`${look.name}/${name}`, await gallery.page.screenshot(), accepting) : null;
      // What is accepted is judged by a person, and measured the next time.
      expect(accepting ? [] : await gallery.faults()).toEqual([]);
      expect(differs).toBeNull();
    });

    // After all the others: their colours together are those of the look.
    it("has the accepted colours and no other", () => {
      expect(compareColours(look.name, colours, inject("accepting"))).toEqual([]);
    });
  });
}
