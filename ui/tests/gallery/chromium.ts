// The gallery in Chromium. There is no server: the built files answer for an address that does not exist.

import { join } from "node:path";

import { chromium, type Browser, type Page } from "playwright";

import type { Locale } from "../../src/lib/bindings/Locale";
import { CHROMIUM } from "../chromium";
import type { Look } from "./looks";
import type {} from "./main";
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
  show(name: string, pace = 0): Promise<void> {
    return this.page.evaluate(([view, locale, slowly]) => window.gallery.show(view, locale, slowly), [name, this.locale, pace] as const);
  }

  /** Every fault that can be measured in what is shown. */
  faults(): Promise<string[]> {
    return this.page.evaluate(async () => [...(await window.measures.access()), ...window.measures.clippings()]);
  }

  /** The colours of what is shown. */
  colours(): Promise<string[]> {
    return this.page.evaluate(() => window.measures.colours());
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
