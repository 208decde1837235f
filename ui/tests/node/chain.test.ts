import { describe, expect, it } from "vitest";

import { lampsOf, SCENARIOS } from "../../src/lib/backend/scenes";
import { chainOf } from "../../src/lib/road/chain";
import { waitingLamps } from "../../src/lib/road/state";

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
});
