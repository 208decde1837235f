// Takes pictures of every screen from the fake program: `npm run pictures -- FOLDER`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright";
import { createServer } from "vite";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("say into which folder");
mkdirSync(folder, { recursive: true });

const server = await createServer({ mode: "fake", logLevel: "warn", server: { port: 0, strictPort: false } });
await server.listen();
const address = `http://127.0.0.1:${server.httpServer.address().port}`;

const KEY = "sk-Zq81practiceOnlyNeverReal00000000000000000007f3a";

async function paste(page, text = KEY) {
  await page.locator("#key-input").evaluate((field, value) => {
    const data = new DataTransfer();
    data.setData("text/plain", value);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}
async function toReview(page) {
  await paste(page);
  await page.locator("#to-review").click();
  await page.locator("#screen[data-screen=review] :is(#apply, .finding)").first().waitFor();
}
async function toResult(page) {
  await toReview(page);
  await page.locator("#apply").click();
  await page.locator("[data-outcome]").waitFor();
}

const views = {
  prepare: ["claude-missing", async () => {}],
  policy: ["managed-policy", async () => {}],
  key: ["healthy", async () => {}],
  rehearsal: ["rehearsal", async () => {}],
  running: ["slow", async (page) => { await paste(page, ` ${KEY} `); await page.locator("#lamp-answer[data-state=running]").waitFor(); }],
  badkey: ["bad-key", async (page) => { await paste(page); await page.locator("[data-code]").waitFor(); }],
  lint: ["healthy", async (page) => { await paste(page, "sk-ant-123456789"); await page.locator("[data-code]").waitFor(); }],
  advanced: ["healthy", async (page) => { await page.locator("#advanced summary").click(); await page.locator("#address-input").fill("gate.example/v1"); await page.locator("#use-address").click(); await page.locator("#address-changes").waitFor(); }],
  models: ["healthy", async (page) => { await paste(page); await page.locator("#to-review").waitFor(); }],
  review: ["claude-running", async (page) => { await toReview(page); await page.locator("#diff summary").click(); }],
  layers: ["bad-key", async (page) => { await paste(page); await page.locator("[data-code]").waitFor(); await page.locator("#layers summary").click(); await page.locator("#layers").scrollIntoViewIfNeeded(); }],
  manual: ["plan-refused", async (page) => { await toReview(page); await page.locator("#by-hand-in-claude").click(); await page.locator("#manual-state").waitFor(); }],
  relay: ["other-gateway", async () => {}],
  "undone-other": ["other-gateway", async (page) => { await toResult(page); await page.locator("#undo").click(); await page.locator("#undo-confirm").click(); await page.locator("#again").waitFor(); }],
  egress: ["healthy", async (page) => { await toReview(page); await page.locator("#egress summary").click(); await page.locator('#egress input[value="some"]').click(); await page.locator("#egress-hosts").fill("pypi.org"); await page.locator("#use-egress").scrollIntoViewIfNeeded(); }],
  keychain: ["keychain-missing", toReview],
  apply: ["healthy", async (page) => { await toReview(page); await page.locator("#apply").click(); await page.locator("#phase-write-files[data-state=running]").waitFor(); }],
  proved: ["healthy", toResult],
  helper: ["helper-failed", toResult],
  status: ["connected", async () => {}],
  drifted: ["drifted", async () => {}],
  undo: ["connected", async (page) => { await page.locator("#leave").click(); }],
  undone: ["drifted", async (page) => { await page.locator("#leave").click(); await page.locator("#leave-confirm").click(); await page.locator("#again").waitFor(); }],
};

const looks = [
  { name: "zh-light", locale: "zh-CN", colorScheme: "light", viewport: { width: 960, height: 720 } },
  { name: "en-dark", locale: "en", colorScheme: "dark", viewport: { width: 960, height: 720 } },
  { name: "zh-narrow", locale: "zh-CN", colorScheme: "dark", viewport: { width: 360, height: 480 } },
];

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
const only = process.env.ONLY?.split(",");
for (const { name, locale, ...look } of looks) {
  const context = await browser.newContext({ ...look, reducedMotion: "reduce" });
  for (const [view, [scenario, reach]] of Object.entries(views)) {
    if (only && !only.includes(view)) continue;
    const page = await context.newPage();
    await page.goto(`${address}/?scenario=${scenario}&locale=${locale}&pace=${view === "apply" ? 150 : 5}`);
    await page.locator("#screen h1").first().waitFor();
    await reach(page);
    await page.waitForTimeout(120);
    await page.screenshot({ path: join(folder, `${name}-${view}.png`), fullPage: name === "zh-narrow" });
    await page.close();
  }
  await context.close();
}
await browser.close();
await server.close();
