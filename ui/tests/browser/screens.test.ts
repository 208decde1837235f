// Every screen, in both languages, light and dark, is gone over by axe-core.

import axe from "axe-core";
import { cdp } from "vitest/browser";
import { describe, expect, it } from "vitest";

import type { Scenario } from "../../src/lib/backend/scenes";
import type { Locale } from "../../src/lib/bindings/Locale";
import { open, press } from "./open";

const shown = (selector: string) => expect.poll(() => document.querySelector(selector), { timeout: 5000 }).not.toBeNull();
const KEY = "sk-Zq81practiceOnlyNeverReal00000000000000000007f3a";

async function paste(): Promise<void> {
  await shown("#key-input");
  const data = new DataTransfer();
  data.setData("text/plain", KEY);
  document.querySelector("#key-input")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}

async function toReview(): Promise<void> {
  await paste();
  await shown("#to-review");
  press("#to-review");
  await shown("#screen[data-screen=review] :is(#apply, .finding)");
}

async function toResult(): Promise<void> {
  await toReview();
  press("#apply");
  await shown("[data-outcome]");
}

type View = { name: string; scenario: Scenario; reach: () => Promise<unknown>; pace?: number };

/** The emulated theme is in force once a frame has been drawn with it. */
async function frames(): Promise<void> {
  for (let drawn = 0; drawn < 3; drawn += 1) await new Promise((drawnNow) => requestAnimationFrame(drawnNow));
}

const VIEWS: View[] = [
  { name: "prepare", scenario: "claude-missing", reach: () => shown('[data-code="AR-101"]') },
  { name: "prepare under company policy", scenario: "managed-policy", reach: () => shown('[data-code="AR-110"]') },
  { name: "key", scenario: "healthy", reach: () => shown("#key-input") },
  { name: "key in rehearsal", scenario: "rehearsal", reach: () => shown("#practice-key") },
  {
    name: "key that failed, with advanced settings",
    scenario: "bad-key",
    reach: async () => {
      await paste();
      await shown('[data-code="AR-402"]');
      document.querySelectorAll("details").forEach((each) => (each.open = true));
    },
  },
  {
    name: "models",
    scenario: "healthy",
    reach: async () => {
      await paste();
      await shown("#to-review");
      document.querySelectorAll("details").forEach((each) => (each.open = true));
    },
  },
  {
    name: "review",
    scenario: "claude-running",
    reach: async () => {
      await toReview();
      document.querySelectorAll("details").forEach((each) => (each.open = true));
    },
  },
  {
    name: "review with more sites",
    scenario: "healthy",
    reach: async () => {
      await toReview();
      document.querySelector<HTMLDetailsElement>("#egress")!.open = true;
      press('#egress input[value="some"]');
      await shown("#egress-hosts");
    },
  },
  { name: "a dead relay of another program", scenario: "other-gateway", reach: () => shown("#leave") },
  {
    name: "undone to another gateway",
    scenario: "other-gateway",
    reach: async () => {
      await toResult();
      press("#undo");
      await shown("dialog[open]");
      press("#undo-confirm");
      await shown("#leave");
    },
  },
  {
    name: "by hand",
    scenario: "plan-refused",
    reach: async () => {
      await toReview();
      press("#by-hand-in-claude");
      await shown("#manual-state");
    },
  },
  { name: "review that refuses", scenario: "keychain-missing", reach: toReview },
  {
    name: "apply",
    scenario: "healthy",
    pace: 60,
    reach: async () => {
      await toReview();
      press("#apply");
      await shown("#screen[data-screen=apply] [data-state]");
    },
  },
  {
    name: "result proved",
    scenario: "healthy",
    reach: async () => {
      await toResult();
      document.querySelectorAll("details").forEach((each) => (each.open = true));
    },
  },
  { name: "result rolled back", scenario: "rolled-back", reach: toResult },
  { name: "result with a choice", scenario: "helper-failed", reach: toResult },
  { name: "status", scenario: "connected", reach: () => shown("#change-models") },
  { name: "status drifted", scenario: "drifted", reach: () => shown("#repair") },
  {
    name: "undo question",
    scenario: "connected",
    reach: async () => {
      await shown("#leave");
      press("#leave");
      await shown("dialog[open]");
    },
  },
  {
    name: "undone",
    scenario: "drifted",
    reach: async () => {
      await shown("#leave");
      press("#leave");
      await shown("dialog[open]");
      press("#leave-confirm");
      await shown("#again");
    },
  },
];

const LOCALES: Locale[] = ["zh-CN", "en"];

describe.each(LOCALES)("in %s", (locale) => {
  describe.each(["light", "dark"])("on a %s screen", (theme) => {
    it.each(VIEWS)("$name has no fault that axe knows", async ({ scenario, reach, pace }) => {
      await cdp().send("Emulation.setEmulatedMedia", {
        features: [
          { name: "prefers-color-scheme", value: theme },
          { name: "prefers-reduced-motion", value: "reduce" },
        ],
      });
      await frames();
      open(scenario, locale, pace);
      await reach();
      await frames();
      expect(matchMedia("(prefers-color-scheme: dark)").matches).toBe(theme === "dark");
      const { violations } = await axe.run(document, { resultTypes: ["violations"] });
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(window.innerWidth);
    });
  });
});
