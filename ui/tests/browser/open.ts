// Opens the window with the fake program, as fast as it can unless a screen is to be caught on its way.

// Gives the page's channel to the browser its type.
import type {} from "@vitest/browser-playwright";
import { render } from "vitest-browser-svelte";

import App from "../../src/App.svelte";
import { fake, type Fake } from "../../src/lib/backend/fake";
import type { Scenario } from "../../src/lib/backend/scenes";
import type { Locale } from "../../src/lib/bindings/Locale";
import type { Os } from "../../src/lib/bindings/Os";
// Built, a later screen comes in a moment; here it is made first, which may take longer than a test waits.
import "../../src/screens/later";
import "../../src/styles/index.css";

export function open(scenario: Scenario, locale: Locale = "zh-CN", pace = 0, os: Os = "linux"): Fake {
  const backend = fake({ scenario, locale, pace, os });
  void render(App, { backend });
  return backend;
}

export function press(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`there is no ${selector}`);
  element.click();
}
