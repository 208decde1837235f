// The gallery in Chromium. There is no server: the built files answer for an address that does not exist.

import { join } from "node:path";

import { chromium, type Browser, type Page } from "playwright";

import type { Scenario } from "../../src/lib/backend/scenes";
import type { Locale } from "../../src/lib/bindings/Locale";
import { CHROMIUM } from "../chromium";
import type { Look } from "./looks";
import type {} from "./main";
import type { Movements } from "./movements";
import type {} from "./measures";

const BUILT = join(import.meta.dirname, "../../dist-gallery");
const PLACE = "http://gallery.invalid";

export class Gallery {
  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly locale: Locale,
  ) {}

  static async open({ locale, theme, forced, width = 960, text = 100 }: Omit<Look, "name" | "pictured">, flags: string[] = []): Promise<Gallery> {
    const browser = await chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args, ...flags] });
    const context = await browser.newContext({
      viewport: { width, height: 720 },
      colorScheme: theme,
      forcedColors: forced ? "active" : "none",
      reducedMotion: "reduce",
    });
    await context.route(`${PLACE}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(BUILT, pathname === "/" ? "index.html" : pathname) });
    });
    const page = await context.newPage();
    await page.goto(PLACE);
    await page.addScriptTag({ path: join(BUILT, "measures.js") });
    await page.evaluate((percent) => window.measures.enlarge(percent), text);
    return new Gallery(page, browser, locale);
  }

  /** Shows a state and waits until it stands still. */
  show(name: string): Promise<void> {
    return this.page.evaluate(([view, locale]) => window.gallery.show(view, locale), [name, this.locale] as const);
  }

  /** Pastes a key into the first screen and tells what moves until the last lamp is lit. */
  async movements(scenario: Scenario): Promise<Movements> {
    return this.page.evaluate(
      async ([played, locale]) => {
        await window.gallery.begin(played, locale);
        const moving = window.measures.movementsOfCheck();
        await window.gallery.paste();
        return moving;
      },
      [scenario, this.locale] as const,
    );
  }

  /** Every fault that can be measured in what is shown. */
  faults(): Promise<string[]> {
    return this.page.evaluate(async () => [...(await window.measures.access()), ...window.measures.clippings()]);
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
