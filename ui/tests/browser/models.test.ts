import { page, userEvent } from "vitest/browser";
import { describe, expect, it } from "vitest";

import { open, press } from "./open";
import { at, KEY, paste, tabTo } from "./steps";

describe("the list of models", () => {
  it("lists ten thousand models and draws only those in sight", async () => {
    open("many-models");
    await at("key");
    paste(KEY);
    await at("models");
    press("#more-models summary");
    const list = () => document.querySelector<HTMLElement>("#more-models .long")!;
    await expect.poll(() => list().querySelectorAll("[data-model]").length).toBeGreaterThan(5);
    await expect.poll(() => list().scrollHeight).toBeGreaterThan(9_000 * 24);
    const places = () => [...list().querySelectorAll("li")].map((each) => Number(each.getAttribute("aria-posinset")));
    const all = Number(list().querySelector("li")?.getAttribute("aria-setsize"));
    expect(all).toBeGreaterThan(9_990);
    for (const part of [0.25, 0.5, 0.75, 1]) {
      // There, give or take the rows in sight. How long the list is, it learns while rows are seen.
      const off = () => {
        list().scrollTop = part * list().scrollHeight;
        return Math.abs((places().at(-1) ?? 0) - part * all);
      };
      await expect.poll(off).toBeLessThan(100);
      expect(places().length).toBeLessThan(60);
    }
    await expect.poll(() => places().at(-1)).toBe(all);
  });

  it("finds one model of ten thousand by a word, and adds it with the keyboard", async () => {
    open("many-models");
    await at("key");
    paste(KEY);
    await at("models");
    press("#more-models summary");
    await page.elementLocator(document.querySelector("#model-search") as HTMLElement).fill("HAIKU 09992");
    await expect.poll(() => document.querySelectorAll("#more-models [data-model]").length).toBe(1);
    const id = document.querySelector<HTMLElement>("#more-models [data-model]")!.dataset.model!;
    await userEvent.keyboard("{ArrowDown}");
    await expect.poll(() => document.activeElement?.closest<HTMLElement>("[data-model]")?.dataset.model).toBe(id);
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => document.querySelector(`#chosen-models [data-model="${id}"]`)).not.toBeNull();
    // Nothing is left of the search; the focus is there, ready for another.
    await expect.poll(() => document.activeElement?.id).toBe("model-search");
  });

  it("goes through a long list by arrow keys, as one stop of the Tab key", async () => {
    open("many-models");
    await at("key");
    paste(KEY);
    await at("models");
    press("#more-models summary");
    await tabTo("#more-models .long button");
    const place = () => Number(document.activeElement?.closest("li")?.getAttribute("aria-posinset"));
    const begin = place();
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    await expect.poll(place).toBe(begin + 2);
    await userEvent.keyboard("{End}");
    await expect.poll(place).toBeGreaterThan(9_000);
    await userEvent.keyboard("{Home}");
    await expect.poll(place).toBe(begin);
    await userEvent.keyboard("{Tab}");
    expect(document.activeElement?.closest("#more-models")).toBeNull();
  });

  it("keeps the focus when a chosen model is removed", async () => {
    open("healthy");
    await at("key");
    paste(KEY);
    await at("models");
    const removes = () => [...document.querySelectorAll<HTMLElement>("#chosen-models [data-remove]")];
    while (removes().length > 1) {
      const left = removes().length;
      removes()[0]?.focus();
      removes()[0]?.click();
      await expect.poll(() => removes().length).toBe(left - 1);
      await expect.poll(() => document.activeElement).toBe(removes()[0]);
    }
    removes()[0]?.click();
    await expect.poll(() => document.activeElement?.id).toBe("chosen-title");
  });

  it("keeps the focus on a row that moves", async () => {
    open("healthy");
    await at("key");
    paste(KEY);
    await at("models");
    const row = document.querySelector("#chosen-models [data-model]");
    const down = row?.querySelectorAll<HTMLElement>("button.icon")[1];
    down?.focus();
    down?.click();
    await expect.poll(() => document.querySelectorAll("#chosen-models [data-model]")[1]).toBe(row);
    await expect.poll(() => document.activeElement).toBe(down);
  });
});
