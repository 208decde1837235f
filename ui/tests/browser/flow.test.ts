import { page, userEvent } from "vitest/browser";
import { describe, expect, it } from "vitest";

import { OFFER } from "../../src/lib/backend/scenes";
import { open, press } from "./open";
import { at, KEY, paste, tabTo } from "./steps";

describe("the flow", () => {
  it("takes four actions: paste, models, apply, done", async () => {
    const backend = open("claude-running");
    await at("key");
    paste(`  ${KEY}\n`);
    await at("models");
    press("#to-review");
    await expect.poll(() => document.querySelector("#apply")).not.toBeNull();
    press("#apply");
    await at("result");
    expect(document.querySelector("[data-outcome]")?.getAttribute("data-outcome")).toBe("proved");
    press("#finish");
    await expect.poll(() => backend.asked.at(-1)).toBe("finish");
  });

  it("shows all of a preset that somebody opens, and goes on where it was", async () => {
    const backend = open("healthy");
    await at("key");
    backend.somebodyOpensAPreset(OFFER);
    await at("preset");
    const { preset } = OFFER;
    const said = document.querySelector("#screen")?.textContent ?? "";
    const all = [preset?.host, preset?.base, preset?.name, preset?.console, preset?.supporter, preset?.expires, "400-123-4567", ...(preset?.models ?? []), ...(preset?.egress ?? [])];
    for (const part of all) expect(said).toContain(part);
    expect(document.querySelector("#preset-host")?.textContent).toBe(preset?.host);
    press("#leave-preset");
    await at("key");
    expect(backend.asked).toContain("answer_preset");
  });

  it("sends keys where a preset says only once it is used", async () => {
    open("preset");
    await at("preset");
    press("#use-preset");
    await at("key");
    await expect.poll(() => document.querySelector("#screen")?.textContent).toContain(OFFER.preset?.host);
  });

  it("never uses another preset than the one that was shown", async () => {
    const backend = open("preset");
    await at("preset");
    const other = { ...OFFER, preset: OFFER.preset && { ...OFFER.preset, base: "https://evil.example", host: "evil.example" } };
    // Opened in the very moment of the click.
    press("#use-preset");
    backend.somebodyOpensAPreset(other);
    await expect.poll(() => document.querySelector("#preset-host")?.textContent).toBe("evil.example");
    await at("preset");
    press("#leave-preset");
    await at("key");
    expect(document.querySelector("#screen")?.textContent).not.toContain("evil.example");
  });

  it("makes a preset for others", async () => {
    open("connected");
    await at("status");
    document.querySelector<HTMLDetailsElement>("#make-preset")?.setAttribute("open", "");
    await expect.poll(() => document.querySelector("#make-preset pre")?.textContent).toContain("schema");
  });

  it("can be gone with the keyboard alone", async () => {
    open("healthy");
    await at("key");
    await expect.poll(() => document.activeElement?.id).toBe("key-input");
    await userEvent.keyboard(KEY);
    await userEvent.keyboard("{Enter}");
    await at("models");
    await expect.poll(() => document.activeElement?.tagName).toBe("H1");
    await tabTo("#to-review");
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => document.querySelector("#apply")).not.toBeNull();
    await tabTo("#apply");
    await userEvent.keyboard("{Enter}");
    await at("result");
    await tabTo("#finish");
  });

  it("moves nothing while the lamps fill in", async () => {
    open("bad-key", "zh-CN", 30);
    await at("key");
    const boxes = () =>
      [...document.querySelectorAll("#chain, #chain .node, #chain .wire, .lamp, .lamp .name")].map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        return [x, y + window.scrollY, width, height].map(Math.round).join(" ");
      });
    paste(KEY);
    await expect.poll(() => document.querySelector("#cancel-check")).not.toBeNull();
    const seen = new Set<string>();
    while (!document.querySelector('[data-code="AR-402"]')) {
      seen.add(boxes().join("\n"));
      await new Promise((drawn) => requestAnimationFrame(drawn));
    }
    seen.add(boxes().join("\n"));
    expect([...seen]).toEqual([...seen].slice(0, 1));
    expect(document.querySelector("#chain")?.getAttribute("data-broken")).toBe("gate");
  });

  it("keeps no trace of the key in the page", async () => {
    open("no-balance");
    await at("key");
    paste(KEY);
    await expect.poll(() => document.querySelector("#lamp-answer")?.getAttribute("data-state")).toBe("failed");
    const values = [...document.querySelectorAll("input")].map((input) => input.value);
    expect(document.documentElement.outerHTML + values.join()).not.toContain(KEY.slice(3));
    expect(document.querySelector("#key-face")).not.toBeNull();
  });

  it("shows what is broken, whose it is, and leaves later lamps untested", async () => {
    open("bad-key");
    await at("key");
    paste(KEY);
    await expect.poll(() => document.querySelector('[data-code="AR-402"]')).not.toBeNull();
    expect(document.querySelector("#lamp-address")?.getAttribute("data-state")).toBe("ok");
    expect(document.querySelector("#lamp-key")?.getAttribute("data-state")).toBe("failed");
    expect(document.querySelector("#lamp-tools")?.getAttribute("data-state")).toBe("not-tested");
    expect(document.querySelector("#to-models")).toBeNull();
  });

  it("lets a check be stopped", async () => {
    open("slow");
    await at("key");
    paste(KEY);
    await expect.poll(() => document.querySelector("#lamp-answer")?.getAttribute("data-state")).toBe("running");
    press("#cancel-check");
    await expect.poll(() => document.querySelector('[data-code="AR-902"]')).not.toBeNull();
    expect(document.querySelector("#lamp-answer")?.getAttribute("data-state")).toBe("not-tested");
    expect(document.querySelector("#check")).not.toBeNull();
  });

  it("asks about an address that stood beside the key, and sends nothing before", async () => {
    const backend = open("healthy");
    await at("key");
    paste(`${KEY} https://elsewhere.example/claude`);
    await expect.poll(() => document.querySelector("#found-address")).not.toBeNull();
    expect(backend.asked).not.toContain("check");
    expect(document.querySelector("#address-shown")?.textContent).toContain("aigc.aochengcloud.com");
    press("#use-found-address");
    await at("models");
  });

  it("does not start a check when the typed address could not be read", async () => {
    const backend = open("healthy");
    await at("key");
    press("#advanced summary");
    await page.elementLocator(document.querySelector("#address-input") as HTMLElement).fill("hello");
    await page.elementLocator(document.querySelector("#key-input") as HTMLElement).fill(KEY);
    press("#check");
    await expect.poll(() => document.querySelector('[data-code="AR-301"]')).not.toBeNull();
    await expect.poll(() => backend.asked).toContain("read_key");
    expect(backend.asked).not.toContain("check");
  });

  it("shows on which of the twelve layers a check ended", async () => {
    open("bad-key");
    await at("key");
    paste(KEY);
    await expect.poll(() => document.querySelectorAll("#layers tbody tr").length).toBe(12);
    expect(document.querySelector("#layer-tls")?.getAttribute("data-state")).toBe("ok");
    expect(document.querySelector("#layer-key")?.getAttribute("data-state")).toBe("failed");
    expect(document.querySelector("#layer-message")?.getAttribute("data-state")).toBe("not-tested");
  });

  it("says how the check stands, in one sentence that is read out", async () => {
    open("bad-key");
    await at("key");
    const standing = () => document.querySelector("#standing [role=status]")?.textContent;
    expect(standing()).toBe("粘贴密钥后，从这里开始检查");
    paste(KEY);
    await expect.poll(standing).toBe("“密钥”没有通过。问题出在：密钥");
    // The same key would fail again: the way to another one is the main button.
    expect([...document.querySelectorAll(".button.primary")].map((button) => button.getAttribute("data-remedy"))).toEqual(["open-console"]);
  });

  it("draws the proxy that could not be reached", async () => {
    open("proxy-dead");
    await at("key");
    expect(document.querySelector("#chain-proxy")).toBeNull();
    paste(KEY);
    await expect.poll(() => document.querySelector("#chain-proxy")).not.toBeNull();
    expect(document.querySelectorAll(".button.primary").length).toBe(1);
    expect(document.querySelector(".button.primary")?.id).toBe("check");
  });

  it("waits for Claude to be installed and goes on", async () => {
    const backend = open("claude-missing");
    await at("prepare");
    expect(document.querySelector('[data-code="AR-101"] [data-remedy="download-claude"]')).not.toBeNull();
    backend.install();
    await at("key");
  });

  it("offers compatibility mode only with consent", async () => {
    open("keychain-missing");
    await at("key");
    paste(KEY);
    await at("models");
    press("#to-review");
    await expect.poll(() => document.querySelector('[data-code="AR-801"]')).not.toBeNull();
    expect(document.querySelector("#apply")).toBeNull();
    const use = document.querySelector<HTMLButtonElement>("#static-key");
    expect(use?.disabled).toBe(true);
    press("#static-key-consent");
    await expect.poll(() => use?.disabled).toBe(false);
    use?.click();
    await expect.poll(() => document.querySelector("#apply")).not.toBeNull();
  });

  it("undoes after one question, and can begin again", async () => {
    open("connected");
    await at("status");
    press("#leave");
    await expect.poll(() => document.querySelector("dialog")?.open).toBe(true);
    press("#leave-confirm");
    await at("undone");
    press("#again");
    await at("key");
  });

  it.each([
    ["windows", ["leave-confirm", "leave-cancel"]],
    ["macos", ["leave-cancel", "leave-confirm"]],
    ["linux", ["leave-cancel", "leave-confirm"]],
  ] as const)("has its buttons in the order of %s, and the Tab key follows", async (os, order) => {
    open("connected", "zh-CN", 0, os);
    await at("status");
    press("#leave");
    await expect.poll(() => document.querySelector("dialog")?.open).toBe(true);
    const buttons = [...document.querySelectorAll<HTMLElement>("dialog[open] button")];
    const seen = [...buttons].sort((one, other) => one.getBoundingClientRect().x - other.getBoundingClientRect().x);
    expect(seen.map((button) => button.id)).toEqual(order);
    document.querySelector<HTMLElement>("dialog[open] h2")?.setAttribute("tabindex", "-1");
    document.querySelector<HTMLElement>("dialog[open] h2")?.focus();
    for (const id of order) {
      await userEvent.keyboard("{Tab}");
      expect(document.activeElement?.id).toBe(id);
    }
  });

  it("opens more sites only when somebody chose them, and says which is none", async () => {
    open("healthy");
    await at("key");
    paste(KEY);
    await at("models");
    press("#to-review");
    await expect.poll(() => document.querySelector("#apply")).not.toBeNull();
    expect(document.querySelector<HTMLInputElement>('#egress input[value="least"]')?.checked).toBe(true);
    press('#egress input[value="some"]');
    await expect.poll(() => document.querySelector("#egress-hosts")).not.toBeNull();
    const hosts = document.querySelector<HTMLTextAreaElement>("#egress-hosts")!;
    hosts.value = "pypi.org:443";
    hosts.dispatchEvent(new Event("input", { bubbles: true }));
    press("#use-egress");
    await expect.poll(() => document.querySelector('[data-code="AR-717"]')).not.toBeNull();
    const again = document.querySelector<HTMLTextAreaElement>("#egress-hosts")!;
    again.value = "pypi.org，*.example.com";
    again.dispatchEvent(new Event("input", { bubbles: true }));
    press("#use-egress");
    await expect.poll(() => document.querySelector("#apply")).not.toBeNull();
    expect(document.querySelector<HTMLInputElement>('#egress input[value="some"]')?.checked).toBe(true);
  });

  it("leaves a fold open while somebody types in it", async () => {
    open("connected");
    await at("status");
    press("#to-doctor");
    await at("doctor");
    press("#claude-report summary");
    document.querySelector<HTMLElement>("#claude-text")?.focus();
    await userEvent.keyboard("Source: local");
    expect(document.querySelector<HTMLTextAreaElement>("#claude-text")?.value).toBe("Source: local");
    expect(document.querySelector<HTMLDetailsElement>("#claude-report")?.open).toBe(true);
    press("#read-claude");
    await expect.poll(() => document.querySelector("#claude-told")).not.toBeNull();
    press("#claude-report summary");
    await expect.poll(() => document.querySelector<HTMLDetailsElement>("#claude-report")?.open).toBe(false);
  });

  it("goes back to Anthropic from another program's gateway", async () => {
    open("other-gateway");
    await at("key");
    expect(document.querySelector('[data-code="AR-716"]')).not.toBeNull();
    press("#leave");
    await expect.poll(() => document.querySelector<HTMLDialogElement>("dialog[open]")).not.toBeNull();
    press("#leave-confirm");
    await at("undone");
    expect(document.querySelector("#leave")).toBeNull();
  });

  it("brings settings along that would no longer count, if the person says so", async () => {
    open("settings-left");
    await at("key");
    paste(KEY);
    await at("models");
    press("#to-review");
    await expect.poll(() => document.querySelector('[data-code="AR-741"]')).not.toBeNull();
    expect(document.querySelector<HTMLInputElement>("#carry-over")?.checked).toBe(false);
    press("#carry-over");
    await expect.poll(() => document.querySelector<HTMLInputElement>("#carry-over")?.checked).toBe(true);
    expect(document.querySelector('[data-code="AR-741"]')).toBeNull();
  });

  it("leads through Claude's own window when it may not write, and notices when that is done", async () => {
    const backend = open("plan-refused");
    await at("key");
    paste(KEY);
    await at("models");
    press("#to-review");
    await expect.poll(() => document.querySelector("#by-hand-in-claude")).not.toBeNull();
    press("#by-hand-in-claude");
    await at("manual");
    expect(document.querySelector("#manual-state")?.getAttribute("data-found")).toBe("false");
    expect(document.body.textContent).not.toContain(KEY);
    backend.somebodyFilledItIn();
    await expect.poll(() => document.querySelector("#manual-state")?.getAttribute("data-found"), { timeout: 5000 }).toBe("true");
    press("#back");
    await at("review");
  });

  it("repairs a drifted set-up without asking for the key", async () => {
    const backend = open("drifted");
    await at("status");
    press("#repair");
    await expect.poll(() => document.querySelector("#apply")).not.toBeNull();
    expect(backend.asked).not.toContain("read_key");
  });

  it("speaks the other language at once and remembers it", async () => {
    const backend = open("healthy");
    await at("key");
    press('#language input[value="en"]');
    await expect.poll(() => document.documentElement.lang).toBe("en");
    expect(document.querySelector("h1")?.textContent).toBe("Paste your AIRouter key");
    expect(backend.asked).toContain("remember_locale");
  });

  /** Fills in the key of the scenario that is played. */
  async function fillIn(scenario: string): Promise<void> {
    press("#practice-key");
    await expect.poll(() => document.querySelector<HTMLInputElement>("#key-input")?.value).toContain(`sk-practice-${scenario}`);
  }

  it("rehearses under a banner, with a practice key at hand", async () => {
    open("rehearsal");
    await at("key");
    await fillIn("good");
    press("#check");
    await at("models");
    expect(document.querySelector("#rehearsal")).not.toBeNull();
  });

  it("rehearses another scenario from the beginning, chosen by keyboard", async () => {
    const backend = open("rehearsal");
    await at("key");
    await fillIn("good");
    const picker = document.querySelector<HTMLSelectElement>("#scenario")!;
    picker.focus();
    const down = async () => {
      if (picker.value !== "no-balance") await userEvent.keyboard("{ArrowDown}");
      return picker.value;
    };
    await expect.poll(down).toBe("no-balance");
    expect(backend.asked).not.toContain("set_scenario");
    await userEvent.keyboard("{Tab}{Enter}");
    await expect.poll(() => backend.asked).toContain("set_scenario");
    await expect.poll(() => document.querySelector<HTMLInputElement>("#key-input")?.value).toBe("");
    await expect.poll(() => document.querySelector("#script")?.textContent).toContain("AR-503");
    await fillIn("no-balance");
    press("#check");
    await expect.poll(() => document.querySelector('[data-code="AR-503"]')).not.toBeNull();
  });

  it("leaves the flow wherever it is for another scenario", async () => {
    open("rehearsal");
    await at("key");
    await fillIn("good");
    press("#check");
    await at("models");
    await userEvent.selectOptions(document.querySelector("#scenario") as HTMLElement, "policy");
    press("#scenario-start");
    await at("prepare");
    expect(document.querySelector('[data-code="AR-110"]')).not.toBeNull();
    expect(document.querySelector("#practice-key")).toBeNull();
  });
});
