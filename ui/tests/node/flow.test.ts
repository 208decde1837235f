import { describe, expect, it } from "vitest";

import { FACE, finding, lampsOf, MODELS, OFFER, overviewOf, PRESET, reportOf, type Scenario } from "../../src/lib/backend/scenes";
import type { ApplyReport } from "../../src/lib/bindings/ApplyReport";
import type { KeyView } from "../../src/lib/bindings/KeyView";
import type { PlanView } from "../../src/lib/bindings/PlanView";
import type { Start } from "../../src/lib/bindings/Start";
import type { FlowEvent } from "../../src/lib/flow/events";
import { next } from "../../src/lib/flow/next";
import { waitOf } from "../../src/lib/waiting.svelte";
import { begin, checkWishes, setupWishes, type State } from "../../src/lib/flow/state";

const KEY: KeyView = { face: FACE, notes: [], address: null };
const PLAN: PlanView = { steps: [], files: [], findings: [], refused: false, key_place: "keychain", egress: [], carryable: [], claude_running: false, claude_installed: true };

function started(scenario: Scenario = "healthy"): State {
  return begin(startOf(scenario));
}

function startOf(scenario: Scenario): Start {
  return { locale: "zh-CN", os: "linux", version: "0", preset: PRESET, rehearsal: null, overview: overviewOf(scenario), offer: null };
}

/** Walks; an event may be made from the state in which it happens, to carry its `run`. */
function walk(state: State, ...events: (FlowEvent | ((state: State) => FlowEvent))[]): State {
  return events.reduce((now, event) => next(now, typeof event === "function" ? event(now) : event), state);
}

const keyRead = [{ type: "key-reading" } as const, (s: State): FlowEvent => ({ type: "key-read", run: s.run, view: KEY })];
const checked = (scenario: Scenario = "healthy") => [
  { type: "check-began" } as const,
  (s: State): FlowEvent => ({ type: "checked", run: s.run, report: reportOf(scenario, PRESET.base) }),
];
const atModels = (scenario: Scenario = "healthy") => walk(started(), ...keyRead, ...checked(scenario), { type: "to-models" });

describe("the flow begins", () => {
  it.each([
    ["healthy", "key"],
    ["claude-missing", "prepare"],
    ["managed-policy", "prepare"],
    ["connected", "status"],
    ["drifted", "status"],
  ] as const)("for %s at %s", (scenario, screen) => {
    expect(started(scenario).at.screen).toBe(screen);
  });

  it("and goes on by itself once Claude is installed", () => {
    const state = walk(started("claude-missing"), { type: "looked", overview: overviewOf("healthy") });
    expect(state.at.screen).toBe("key");
  });

  it("and a later look never takes a person away from their screen", () => {
    const state = walk(started(), ...keyRead, { type: "looked", overview: overviewOf("claude-missing") });
    expect(state.at.screen).toBe("key");
    expect(state.key).toEqual(KEY);
  });
});

describe("a preset that somebody sent", () => {
  const sent = OFFER.preset as NonNullable<typeof OFFER.preset>;
  const opened: FlowEvent = { type: "preset-opened", offer: OFFER };

  it("is shown first, and nothing of it counts before the person's word", () => {
    const state = begin({ ...startOf("healthy"), offer: OFFER });
    expect(state.at.screen).toBe("preset");
    expect(state.start.preset).toEqual(PRESET);
    expect([state.choice.ids, state.egress]).toEqual([[], null]);
  });

  it("that is not used leaves everything where it was", () => {
    const before = walk(started(), ...keyRead, ...checked());
    const after = walk(before, opened, { type: "preset-answered", used: false, start: startOf("healthy") });
    expect(after).toEqual(before);
  });

  it("that is used begins the flow anew, with what it recommends", () => {
    const state = walk(started(), ...keyRead, ...checked(), opened, { type: "preset-answered", used: true, start: { ...startOf("healthy"), preset: sent } });
    expect([state.at.screen, state.key, state.check.at]).toEqual(["key", null, "idle"]);
    expect(state.choice.ids).toEqual(sent.models);
    expect(checkWishes(state).address).toBeNull();
  });

  it("for another gateway than the connected one leads to its key, and not to a status that is not its own", () => {
    const start = startOf("connected");
    expect(walk(started("connected"), opened, { type: "preset-answered", used: true, start: { ...start, preset: sent } }).at.screen).toBe("key");
    expect(walk(started("connected"), opened, { type: "preset-answered", used: true, start }).at.screen).toBe("status");
  });

  it("that comes while something is written waits, and is shown before what came of the writing", () => {
    const report: ApplyReport = { outcome: "written", phases: [], findings: [], proof: null, static_key_may_help: false };
    const writing = walk(atModels(), { type: "planning", staticKey: false, carryOver: false }, { type: "applying", restart: true });
    expect(writing.at.screen).toBe("apply");
    const waiting = walk(writing, opened);
    expect(waiting.at).toEqual(writing.at);
    const done = walk(waiting, { type: "applied", run: waiting.run, report });
    expect(done).toMatchObject({ waiting: null, at: { screen: "preset", offer: OFFER, from: { screen: "result", report } } });
    expect(walk(waiting, { type: "trouble", finding: finding("AR-901", "airouter-setup") }).at.screen).toBe("preset");
  });

  it("takes the place of one that is still shown", () => {
    const state = walk(started(), opened, { type: "preset-opened", offer: { preset: null, findings: [] } });
    expect(state.at).toMatchObject({ screen: "preset", offer: { preset: null }, from: { screen: "key" } });
  });
});

describe("what Claude's tools may reach", () => {
  it("is the program's to say until the person chooses", () => {
    const start = startOf("connected");
    const preset = { ...start.preset, egress: ["*"] };
    const state = begin({ ...start, preset });
    expect(setupWishes(state, true).egress).toBeNull();
    expect(setupWishes(walk(state, { type: "egress-set", hosts: ["pypi.org"] }), true).egress).toEqual(["pypi.org"]);
  });
});

describe("the proxy", () => {
  it("that was typed is asked for, and verdicts on another way do not count", () => {
    const state = walk(started(), ...keyRead, ...checked(), { type: "proxy-set", proxy: "127.0.0.1:7890" });
    expect(checkWishes(state).proxy).toBe("127.0.0.1:7890");
    expect(state.check.at).toBe("idle");
    expect(checkWishes(walk(state, { type: "proxy-set", proxy: null })).proxy).toBeNull();
  });
});

describe("waiting", () => {
  it("is felt after three seconds, and once more after ten", () => {
    expect([0, 2999, 3000, 9999, 10_000, 60_000].map(waitOf)).toEqual(["short", "short", "some", "some", "long", "long"]);
  });
});

describe("the key", () => {
  it("is held as a face only", () => {
    const state = walk(started(), ...keyRead);
    expect(state.key?.face).toEqual(FACE);
    expect(JSON.stringify(state)).not.toContain("sk-");
  });

  it("that is refused leaves none behind", () => {
    const state = walk(started(), ...keyRead, { type: "key-reading" }, (s) => ({
      type: "key-refused",
      run: s.run,
      finding: finding("AR-401", "key"),
    }));
    expect(state.key).toBeNull();
    expect(state.at).toMatchObject({ screen: "key", problem: { code: "AR-401" } });
  });

  it("that comes late does not replace a newer one", () => {
    const first = walk(started(), { type: "key-reading" });
    const state = walk(first, { type: "key-reading" }, { type: "key-read", run: first.run, view: KEY });
    expect(state.key).toBeNull();
  });
});

describe("a check", () => {
  it("lights its lamps in place", () => {
    const lamp = lampsOf("healthy")[0];
    if (!lamp) throw new Error("there are six");
    const state = walk(started(), { type: "check-began" }, (s) => ({ type: "lamp", run: s.run, lamp }));
    expect(state.check).toMatchObject({ at: "running" });
    expect(state.check.at === "running" && state.check.lamps.map((each) => each.state)).toEqual(["ok", ..."12345"].map((_, i) => (i === 0 ? "ok" : "waiting")));
  });

  it("that is all green goes on by itself once, and not after Back", () => {
    const done = walk(started(), ...keyRead, ...checked());
    expect(done.check).toMatchObject({ at: "done", goesOn: true });
    const back = walk(done, { type: "to-models" }, { type: "back" });
    expect(back.at.screen).toBe("key");
    expect(back.check).toMatchObject({ at: "done", goesOn: false });
  });

  it("with a warning waits for the person", () => {
    expect(walk(started(), ...checked("small-warning")).check).toMatchObject({ at: "done", goesOn: false });
  });

  it("that failed does not lead to the models", () => {
    const state = walk(started(), ...checked("bad-key"), { type: "to-models" });
    expect(state.at.screen).toBe("key");
  });

  it("that was stopped leaves no lamp waiting", () => {
    const state = walk(started(), { type: "check-began" }, { type: "check-stopping" }, (s) => ({
      type: "check-failed",
      run: s.run,
      finding: finding("AR-902", "airouter-setup", "info"),
    }));
    expect(state.check.at === "done" && state.check.lamps.every((lamp) => lamp.state === "not-tested")).toBe(true);
  });

  it("of a former address says nothing about a new one", () => {
    const address = { base: "https://other.example", host: "other.example", changes: [], is_preset: false };
    const running = walk(started(), ...keyRead, { type: "check-began" });
    const state = walk(running, { type: "address-set", address }, { type: "checked", run: running.run, report: reportOf("healthy", PRESET.base) });
    expect(state.check).toEqual({ at: "idle" });
  });
});

describe("the models", () => {
  it("start with the proposal, the default first", () => {
    expect(atModels().choice.ids[0]).toBe("claude-sonnet-5");
  });

  it("can be moved, made default and removed", () => {
    const [first, second] = atModels().choice.ids;
    if (!first || !second) throw new Error("the proposal has several");
    expect(walk(atModels(), { type: "moved", id: first, by: 1 }).choice.ids.slice(0, 2)).toEqual([second, first]);
    expect(walk(atModels(), { type: "moved", id: first, by: -1 }).choice.ids[0]).toBe(first);
    expect(walk(atModels(), { type: "made-default", id: second }).choice.ids[0]).toBe(second);
    expect(walk(atModels(), { type: "picked", id: first, on: false }).choice.ids).not.toContain(first);
  });

  it("that Claude would drop are not chosen when added by hand", () => {
    const dropped = MODELS.find((model) => model.dropped !== null);
    if (!dropped) throw new Error("there is one");
    const state = walk(atModels(), { type: "added", model: dropped });
    expect(state.choice.ids).not.toContain(dropped.id);
    expect(state.choice.added).toContainEqual(dropped);
  });

  it("stay chosen through Back and another check", () => {
    const state = walk(atModels(), { type: "made-default", id: "claude-opus-5" }, { type: "back" }, ...checked(), { type: "to-models" });
    expect(state.choice.ids[0]).toBe("claude-opus-5");
  });
});

describe("reviewing and applying", () => {
  const planned = () => walk(atModels(), { type: "planning", staticKey: false, carryOver: false }, (s) => ({ type: "planned", run: s.run, plan: PLAN }));

  it("Back loses neither the models nor the key", () => {
    const before = atModels();
    const state = walk(planned(), { type: "back" });
    expect(state.at.screen).toBe("models");
    expect(state.choice).toEqual(before.choice);
    expect(state.key).toEqual(KEY);
  });

  it("a plan that comes after Back is not shown", () => {
    const asked = walk(atModels(), { type: "planning", staticKey: false, carryOver: false });
    const state = walk(asked, { type: "back" }, { type: "planned", run: asked.run, plan: PLAN });
    expect(state.at.screen).toBe("models");
  });

  it("a plan that cannot be made says why and offers nothing", () => {
    const state = walk(atModels(), { type: "planning", staticKey: false, carryOver: false }, (s) => ({ type: "plan-failed", run: s.run, finding: finding("AR-901", "airouter-setup") }));
    expect(state.at).toMatchObject({ screen: "review", plan: null, problem: { code: "AR-901" } });
  });

  it("writing cannot be left", () => {
    const state = walk(planned(), { type: "applying", restart: true }, { type: "back" });
    expect(state.at.screen).toBe("apply");
  });

  describe("waiting for the proof", () => {
    const phase = (step: "write-files" | "prove") => (s: State): FlowEvent => ({ type: "phase", run: s.run, phase: { step, state: "running", finding: null } });
    const applying = () => walk(planned(), { type: "applying", restart: true }, phase("write-files"));
    const proving = () => walk(applying(), phase("prove"));
    const proved: ApplyReport = { outcome: "proved", phases: [], findings: [], proof: null, static_key_may_help: false };

    it("can be given up, and the result says what is known", () => {
      const state = walk(proving(), { type: "not-waiting" });
      expect(state.at).toMatchObject({ screen: "result", report: { outcome: "unproved", findings: [{ code: "AR-856" }] } });
    });

    it("cannot be given up while files are written", () => {
      expect(walk(applying(), { type: "not-waiting" }).at.screen).toBe("apply");
    });

    it("ends well after all when the proof comes late, on the result's screen only", () => {
      const late = (s: State): FlowEvent => ({ type: "applied", run: s.run, report: proved });
      expect(walk(proving(), { type: "not-waiting" }, late).at).toMatchObject({ screen: "result", report: { outcome: "proved" } });
      expect(walk(proving(), { type: "not-waiting" }, { type: "by-hand" }, late).at.screen).toBe("manual");
    });
  });

  it("steps are shown once each, as they go", () => {
    const state = walk(
      planned(),
      { type: "applying", restart: true },
      (s) => ({ type: "phase", run: s.run, phase: { step: "verify", state: "running", finding: null } }),
      (s) => ({ type: "phase", run: s.run, phase: { step: "verify", state: "done", finding: null } }),
    );
    expect(state.at.screen === "apply" && state.at.phases).toEqual([{ step: "verify", state: "done", finding: null }]);
  });

  it("an apply that broke off claims no outcome", () => {
    const state = walk(planned(), { type: "applying", restart: true }, { type: "trouble", finding: finding("AR-901", "airouter-setup") });
    expect(state.at).toMatchObject({ screen: "result", report: null, problem: { code: "AR-901" } });
  });

  it("compatibility mode is only ever asked for by the person", () => {
    expect(setupWishes(planned(), true).static_key).toBe(false);
    const state = walk(planned(), { type: "planning", staticKey: true, carryOver: false });
    expect(setupWishes(state, true).static_key).toBe(true);
  });
});

describe("a later start", () => {
  it("repairs with what was chosen before", () => {
    const chosen = walk(started("drifted"), { type: "egress-set", hosts: ["*"] });
    const state = walk(chosen, { type: "repairing" }, { type: "planning", staticKey: false, carryOver: false });
    expect(setupWishes(state, true)).toMatchObject({ models: overviewOf("drifted").status?.models, every_model: false, egress: null });
    expect(walk(state, { type: "back" }).at.screen).toBe("status");
  });

  it("changes models with the stored key, starting from the stored choice", () => {
    const state = walk(started("connected"), { type: "change-models" });
    expect(state).toMatchObject({ keyIsStored: true, at: { screen: "key" } });
    expect(state.choice.ids).toEqual(overviewOf("connected").status?.models);
  });

  it("forgets the old key when it is to be replaced", () => {
    const state = walk(started("connected"), { type: "change-models" }, { type: "replace-key" });
    expect(state.key).toBeNull();
    expect(walk(state, { type: "back" }).at.screen).toBe("status");
  });
});
