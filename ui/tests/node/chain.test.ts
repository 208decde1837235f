import { describe, expect, it } from "vitest";

import { lampsOf, overviewOf, PRESET, reportOf, SCENARIOS, type Scenario } from "../../src/lib/backend/scenes";
import { chainOf, goesByProxy } from "../../src/lib/flow/chain";
import { begin, waitingLamps, type State } from "../../src/lib/flow/state";

describe("the chain", () => {
  it("waits, and is whole when every lamp is lit", () => {
    expect(chainOf(waitingLamps())).toEqual({ states: { way: "waiting", gate: "waiting", model: "waiting" }, broken: null });
    expect(chainOf(lampsOf("healthy"))).toEqual({ states: { way: "ok", gate: "ok", model: "ok" }, broken: null });
  });

  it("is broken at the key with the key's owner, and not tested behind it", () => {
    expect(chainOf(lampsOf("bad-key"))).toEqual({
      states: { way: "ok", gate: "failed", model: "not-tested" },
      broken: { stage: "gate", owner: "key" },
    });
  });

  it("runs on while one of a stage's lamps is lit and another is not", () => {
    const lamps = waitingLamps().map((lamp) =>
      lamp.id === "answer" ? { ...lamp, state: "ok" as const } : lamp.id === "streaming" ? { ...lamp, state: "running" as const } : lamp,
    );
    expect(chainOf(lamps).states.model).toBe("running");
  });

  it("has a place for every scenario's fault", () => {
    for (const scenario of SCENARIOS) {
      const lamps = lampsOf(scenario);
      expect(chainOf(lamps).broken === null).toBe(lamps.every((lamp) => lamp.state !== "failed"));
    }
  });

  it("has a proxy on the way when one was typed, or when the check went by one", () => {
    const at = (scenario: Scenario): State => ({
      ...begin({ locale: "en", os: "linux", version: "0", preset: PRESET, rehearsal: null, overview: overviewOf("healthy"), offer: null }),
      check: { at: "done", lamps: lampsOf(scenario), report: reportOf(scenario, PRESET.base), findings: [], goesOn: false },
    });
    expect(goesByProxy(at("healthy"))).toBe(false);
    expect(goesByProxy({ ...at("healthy"), proxy: "127.0.0.1:7890" })).toBe(true);
    expect(goesByProxy(at("proxy-dead"))).toBe(true);
  });
});
