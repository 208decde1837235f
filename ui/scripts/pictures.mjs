// Takes pictures of every state of every screen from the fake program, in every look, and makes one sheet
// for each theme: `npm run pictures -- FOLDER`. `ONLY=key,review LOOKS=zh-light` takes a few.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright";
import { build, preview } from "vite";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("say into which folder");
mkdirSync(folder, { recursive: true });

// Built once, for it is opened hundreds of times.
const outDir = join(tmpdir(), `airouter-fake-${process.pid}`);
await build({ mode: "fake", logLevel: "warn", build: { outDir } });
const server = await preview({ logLevel: "warn", build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
const address = `http://127.0.0.1:${server.httpServer.address().port}`;

const KEY = "sk-Zq81practiceOnlyNeverReal00000000000000000007f3a";

async function paste(page, text = KEY) {
  await page.locator("#key-input").evaluate((field, value) => {
    const data = new DataTransfer();
    data.setData("text/plain", value);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}
const shown = (selector) => (page) => page.locator(selector).first().waitFor();
const press = (selector) => (page) => page.locator(selector).first().click();
const then = (...ways) => async (page) => {
  for (const way of ways) await way(page);
};
const later = (millis) => (page) => page.clock.fastForward(millis);

const toModels = then(paste, shown("#to-review"));
const toReview = then(toModels, press("#to-review"), shown("#screen[data-screen=review] :is(#apply, .finding)"));
const applied = then(toReview, press("#apply"));
const toResult = then(applied, shown("[data-outcome]"));
const failed = then(paste, shown("#standing.tone-bad"), shown("[data-code]"));
const byHand = then(toReview, press("#by-hand-in-claude"), shown("#manual-state"));
const leave = then(press("#leave"), press("#leave-confirm"), shown("#again"));

/** Each state: what the fake plays, how to get there, and what else is special. */
const views = {
  prepare: ["claude-missing", shown("[data-code]")],
  "prepare-policy": ["managed-policy", shown("[data-code]")],
  key: ["healthy", shown("#key-input")],
  "key-rehearsal": ["rehearsal", shown("#practice-key")],
  "key-script": ["rehearsal", then(shown("#script summary"), press("#script summary"))],
  "key-relay": ["other-gateway", shown("#leave")],
  "key-refused": ["healthy", then((page) => paste(page, "sk-ant-123456789"), shown("[data-code]"))],
  "key-advanced": ["healthy", then(press("#advanced summary"), (page) => page.locator("#address-input").fill("gate.example/v1"), press("#use-address"), shown("#address-changes"))],
  "key-other-address": ["healthy", then((page) => paste(page, `${KEY} https://elsewhere.example/claude`), shown("#found-address"))],
  checking: ["slow", then((page) => paste(page, ` ${KEY} `), shown("#lamp-answer[data-state=running]"))],
  "checking-long": ["slow", then(paste, shown("#lamp-answer[data-state=running]"), later(11_000)), { clock: true }],
  "check-stopped": ["slow", then(paste, shown("#lamp-answer[data-state=running]"), press("#cancel-check"), shown('[data-code="AR-902"]'))],
  "check-bad-key": ["bad-key", failed],
  "check-no-balance": ["no-balance", failed],
  "check-offline": ["offline", failed],
  "check-proxy": ["proxy-dead", failed],
  "check-company": ["company-network", failed],
  "check-address": ["wrong-address", failed],
  "check-busy": ["busy", failed],
  "check-no-streaming": ["no-streaming", failed],
  "check-warned": ["small-warning", then(paste, shown('[data-code="AR-608"]'))],
  "check-layers": ["bad-key", then(failed, press("#layers summary"), (page) => page.locator("#layers").scrollIntoViewIfNeeded())],
  models: ["healthy", toModels],
  "models-all": ["healthy", then(toModels, press("#more-models summary"), press("#dropped-models summary"), press("#by-hand summary"))],
  "models-many": ["many-models", then(toModels, press("#more-models summary"), (page) => page.locator("#model-search").fill("haiku 09"))],
  review: ["claude-running", toReview],
  "review-closed": ["healthy", toReview],
  "review-diff": ["healthy", then(toReview, press("#diff summary"))],
  "review-sites": ["healthy", then(toReview, press("#egress summary"), press('#egress input[value="some"]'), (page) => page.locator("#egress-hosts").fill("pypi.org"), (page) => page.locator("#use-egress").scrollIntoViewIfNeeded())],
  "review-refused": ["plan-refused", toReview],
  "review-keychain": ["keychain-missing", toReview],
  manual: ["plan-refused", byHand],
  "manual-macos": ["plan-refused", byHand, { os: "macos" }],
  "manual-windows": ["plan-refused", byHand, { os: "windows" }],
  apply: ["claude-running", then(applied, shown("#phase-write-files[data-state=running]")), { pace: 400 }],
  proved: ["healthy", toResult],
  "proved-log": ["healthy", then(toResult, press("#evidence summary"))],
  written: ["healthy", then(toReview, press("#write-only"), shown("[data-outcome]"))],
  unproved: ["unproved", toResult],
  "helper-failed": ["helper-failed", toResult],
  "rolled-back": ["rolled-back", toResult],
  status: ["connected", shown("#change-models")],
  drifted: ["drifted", shown("#repair")],
  leaving: ["connected", then(press("#leave"), shown("dialog[open]"))],
  "leaving-windows": ["connected", then(press("#leave"), shown("dialog[open]")), { os: "windows" }],
  undone: ["connected", leave],
  "undone-rest": ["drifted", leave],
  "undone-other": ["other-gateway", then(toResult, press("#undo"), press("#undo-confirm"), shown("#again"))],
};

/** Text of 200 % is the window at half its size, drawn with twice the pixels, as every engine zooms. */
const shapes = {
  "": { viewport: { width: 960, height: 720 } },
  "-large": { viewport: { width: 480, height: 360 }, deviceScaleFactor: 2 },
  "-narrow": { viewport: { width: 320, height: 500 } },
};
const looks = ["light", "dark"].flatMap((theme) =>
  ["zh", "en"].flatMap((tag) =>
    Object.entries(shapes).map(([shape, options]) => ({ name: `${tag}-${theme}${shape}`, theme, locale: tag === "zh" ? "zh-CN" : "en", isWhole: shape !== "", options })),
  ),
);
const forced = ["zh", "en"].map((tag) => ({ name: `${tag}-contrast`, theme: "contrast", locale: tag === "zh" ? "zh-CN" : "en", isWhole: false, options: { ...shapes[""], forcedColors: "active", contrast: "more" } }));

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
const only = process.env.ONLY?.split(",");
const wanted = process.env.LOOKS?.split(",");
const taken = new Map();
for (const { name, theme, locale, isWhole, options } of [...looks, ...forced]) {
  if (wanted && !wanted.includes(name)) continue;
  const context = await browser.newContext({ ...options, colorScheme: theme === "dark" ? "dark" : "light", reducedMotion: "reduce" });
  // One page for all: a new one is a new process each time. What stops the clock has its own.
  const usual = await context.newPage();
  for (const [view, [scenario, reach, { os, pace = 5, clock } = {}]] of Object.entries(views)) {
    if (only && !only.includes(view)) continue;
    const page = clock ? await context.newPage() : usual;
    if (clock) await page.clock.install();
    await page.goto(`${address}/?scenario=${scenario}&locale=${locale}&pace=${pace}${os ? `&os=${os}` : ""}`);
    await page.locator("#screen h1").first().waitFor();
    await reach(page);
    await page.mouse.move(0, 0);
    await page.waitForTimeout(120);
    const path = join(folder, `${name}-${view}.png`);
    await page.screenshot({ path, fullPage: isWhole });
    taken.set(theme, [...(taken.get(theme) ?? []), path]);
    if (clock) await page.close();
  }
  await context.close();
}
await browser.close();
await server.close();
rmSync(outDir, { recursive: true });

for (const [theme, pictures] of taken) {
  // Made small while they are read: ImageMagick may not hold hundreds of whole ones.
  const small = pictures.map((path) => `${path}[480x480>]`);
  execFileSync("montage", [...small, "-tile", "16x", "-geometry", "480x480>+8+8", "-background", "#808080", join(folder, `sheet-${theme}.png`)]);
}
