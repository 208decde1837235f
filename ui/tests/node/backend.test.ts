import { beforeEach, describe, expect, it, vi } from "vitest";

const invoke = vi.hoisted(() => vi.fn());
vi.mock("@tauri-apps/api/core", () => ({
  invoke,
  Channel: class {
    onmessage: unknown;
  },
}));

import { asFinding, COMMANDS, type Backend } from "../../src/lib/backend/backend";
import { fake } from "../../src/lib/backend/fake";
import { tauri } from "../../src/lib/backend/tauri";

const WISHES = { models: [], every_model: false, static_key: false, egress: null, carry_over: false, restart: false };

/** Calls everything; what it answers does not matter here. */
async function callAll(backend: Backend): Promise<void> {
  const calls = [
    backend.start(),
    backend.look(),
    backend.rememberLocale("en"),
    backend.openPage("console"),
    backend.readKey("sk-0123456789abcdef"),
    backend.readAddress("gate.example"),
    backend.check({ address: null, scheme: null, proxy: null }, () => undefined),
    backend.cancelCheck(),
    backend.tryModel("claude-x"),
    backend.addModel("claude-x"),
    backend.plan(WISHES),
    backend.apply(WISHES, () => undefined),
    backend.undo("before", false, () => undefined),
    backend.endClaude(),
    backend.doctor(),
    backend.previewReport(),
    backend.saveReport(),
    backend.readClaudeReport("Source: local", false),
    backend.forgetSession(),
    backend.setScenario("no-balance"),
    backend.awaitPreset(() => undefined),
    backend.answerPreset(null),
    backend.makePreset(),
    backend.finish(),
  ];
  await Promise.allSettled(calls);
}

beforeEach(() => {
  invoke.mockReset().mockResolvedValue(null);
});

describe("both backends", () => {
  it("ask for exactly the agreed commands", async () => {
    await callAll(tauri);
    expect(invoke.mock.calls.map(([command]) => command as string)).toEqual([...COMMANDS]);
    const played = fake({ scenario: "healthy", locale: "en", pace: 0 });
    await callAll(played);
    expect(new Set(played.asked)).toEqual(new Set(COMMANDS));
  });

  it("have the same methods", () => {
    const { asked: _, install: __, somebodyFilledItIn: ___, somebodyOpensAPreset: ____, ...played } = fake({ scenario: "healthy", locale: "en", pace: 0 });
    expect(Object.keys(played)).toEqual(Object.keys(tauri));
  });
});

describe("a rejection", () => {
  it("that is a finding stays one", async () => {
    const finding = { code: "AR-402", owner: "key", severity: "blocking", evidence: [] };
    invoke.mockRejectedValue(finding);
    await expect(tauri.look()).rejects.toBe(finding);
  });

  it("of any other kind is a fault of this program", async () => {
    invoke.mockRejectedValue("invalid args `wishes`");
    await expect(tauri.look()).rejects.toMatchObject({ code: "AR-901", evidence: [{ name: "said", value: "invalid args `wishes`" }] });
    expect(asFinding(undefined)).toMatchObject({ code: "AR-901", evidence: [] });
    expect(asFinding({ code: "nonsense" })).toMatchObject({ code: "AR-901" });
  });
});
