// The program in memory. It plays one scenario, keeps to the same promises as the real one, and holds
// the pasted key where the page cannot see it.

import type { ClaudeView } from "../bindings/ClaudeView";
import type { EditView } from "../bindings/EditView";
import type { Finding } from "../bindings/Finding";
import type { Lamp } from "../bindings/Lamp";
import type { Locale } from "../bindings/Locale";
import type { Offer } from "../bindings/Offer";
import type { Os } from "../bindings/Os";
import type { Phase } from "../bindings/Phase";
import type { PlanView } from "../bindings/PlanView";
import type { PresetView } from "../bindings/PresetView";
import type { SetupWishes } from "../bindings/SetupWishes";
import type { Start } from "../bindings/Start";
import type { StepId } from "../bindings/StepId";
import type { Backend } from "./backend";
import { CLAUDE_REPORT, doctorOf, REPORT } from "./doctor-scenes";
import { FACE, finding, lampsOf, OFFER, outcomeOf, overviewOf, PRESET, PROFILE, REFUSED_OFFER, REHEARSED, RELAY, reportOf, ROOT, SCENARIOS, statusOf, type Scenario } from "./scenes";

export type FakeOptions = {
  scenario: Scenario;
  locale: Locale;
  /** Milliseconds between two pieces of news; 0 for tests. */
  pace: number;
  /** The system that it plays on. */
  os?: Os;
};

export type Fake = Backend & {
  /** What the page asked for, by command; keys are left out as the real program would. */
  readonly asked: string[];
  /** Lets Claude Desktop appear on this computer. */
  install(): void;
  /** Lets somebody fill in the gateway in Claude's own window. */
  somebodyFilledItIn(): void;
  /** Lets somebody open a preset by its link while the window is open. */
  somebodyOpensAPreset(offer: Offer): void;
};

/** What the scenarios of a rehearsal look like in this double. */
const PLAYED: Record<string, Scenario> = { good: "healthy", "bad-key": "bad-key", "no-balance": "no-balance", policy: "managed-policy" };

export function fake({ scenario: played, locale, pace, os = "linux" }: FakeOptions): Fake {
  const isRehearsal = played === "rehearsal";
  let scenario = played;
  let staged = "good";
  let overview = overviewOf(scenario);
  let hasKey = false;
  let stopped = false;
  let preset = PRESET;
  let offer: Offer | null = scenario === "preset" ? OFFER : scenario === "preset-refused" ? REFUSED_OFFER : null;
  let onOffer: (offer: Offer) => void = () => undefined;
  const asked: string[] = [];

  const pause = () => new Promise<void>((go) => setTimeout(go, pace));
  const hear = (command: string) => {
    asked.push(command);
    return pause();
  };

  const begun = (): Start => ({
    locale,
    os,
    version: "0.1.0",
    preset,
    rehearsal: isRehearsal ? { scenario: staged, scenarios: REHEARSED } : null,
    overview,
    offer,
  });

  async function walk(steps: readonly StepId[], onPhase: (phase: Phase) => void, failsAt: StepId | null, why: Finding | null) {
    const phases: Phase[] = [];
    for (const step of steps) {
      onPhase({ step, state: "running", finding: null });
      await pause();
      await pause();
      const failed = step === failsAt;
      const phase: Phase = { step, state: failed ? "failed" : "done", finding: failed ? why : null };
      phases.push(phase);
      onPhase(phase);
      if (failed) break;
    }
    return phases;
  }

  return {
    asked,
    install() {
      overview = overviewOf("healthy");
    },
    somebodyFilledItIn() {
      overview = { ...overview, in_use: PRESET.base };
    },

    somebodyOpensAPreset(opened) {
      offer = opened;
      onOffer(opened);
    },

    async start() {
      await hear("start");
      return begun();
    },
    async look() {
      await hear("look");
      return overview;
    },
    async rememberLocale() {
      await hear("remember_locale");
    },
    async openPage() {
      await hear("open_page");
    },
    async readKey(text) {
      await hear("read_key");
      const trimmed = text.trim();
      if (trimmed === "") throw finding("AR-401", "key", "blocking", { reason: "empty" });
      if (trimmed.startsWith("sk-ant-")) throw finding("AR-401", "key", "blocking", { reason: "other-vendor", vendor: "Anthropic" });
      if (trimmed.length < 8) throw finding("AR-401", "key", "blocking", { reason: "too-short" });
      hasKey = true;
      const found = /https?:\/\/\S+/.exec(trimmed)?.[0];
      const isPreset = found === PRESET.base;
      return {
        face: FACE,
        notes: trimmed === text ? [] : [{ kind: "spaces-removed" }],
        address: found ? { base: found, host: new URL(found).host, changes: [], is_preset: isPreset } : null,
      };
    },
    async readAddress(text) {
      await hear("read_address");
      const typed = text.trim();
      if (!typed.includes(".")) throw finding("AR-301", "airouter-setup", "blocking", { reason: typed === "" ? "empty" : "unreadable" });
      const full = typed.includes("://") ? typed : `https://${typed}`;
      const base = full.replace(/\/v1$/, "");
      return {
        base,
        host: new URL(base).host,
        changes: [
          ...(full === typed ? [] : [{ kind: "scheme-added" } as const]),
          ...(base === full ? [] : [{ kind: "path-removed", path: "/v1" } as const]),
        ],
        is_preset: base === PRESET.base,
      };
    },
    async check(wishes, onLamp) {
      await hear("check");
      if (!hasKey && !overview.status) throw finding("AR-804", "this-computer");
      stopped = false;
      const lamps = lampsOf(scenario);
      const seen = [];
      for (const lamp of lamps) {
        if (stopped) break;
        if (lamp.state !== "not-tested") {
          onLamp({ ...lamp, state: "running", finding: null, millis: null });
          do await pause();
          while (scenario === "slow" && lamp.id === "answer" && !stopped);
        }
        if (stopped) break;
        onLamp(lamp);
        seen.push(lamp);
      }
      const report = reportOf(scenario, wishes.address ?? PRESET.base);
      if (!stopped) return report;
      const rest = lamps.slice(seen.length).map(({ id }): Lamp => ({ id, state: "not-tested", finding: null, facts: [], millis: null }));
      return { ...report, lamps: [...seen, ...rest], clean: false, findings: [finding("AR-902", "airouter-setup", "info")], models: [], proposal: [], passed: false };
    },
    async cancelCheck() {
      stopped = true;
      await hear("cancel_check");
    },
    async tryModel(id) {
      await hear("try_model");
      return { id, finding: id.includes("4-1") ? finding("AR-506", "account", "blocking", { model: id }) : null };
    },
    async addModel(id) {
      await hear("add_model");
      const wire = id.trim();
      if (wire === "" || /\s/.test(wire)) return { id: wire, display_name: null, tier: null, dropped: { kind: "not-an-id" } };
      return { id: wire, display_name: null, tier: null, dropped: wire.startsWith("claude-") ? null : { kind: "not-claude" } };
    },
    async plan(wishes) {
      await hear("plan");
      const odd = wishes.egress?.find((host) => !/^(\*|[\w.*-]+\.\w+)$/.test(host));
      if (odd) throw finding("AR-717", "airouter-setup", "blocking", { host: odd });
      return planOf(wishes, scenario, overview.claude, preset);
    },
    async apply(wishes, onPhase) {
      await hear("apply");
      const { steps } = planOf(wishes, scenario, overview.claude, preset);
      const walked = wishes.restart ? steps : steps.filter((step) => !["start-claude", "prove"].includes(step));
      const { outcome, findings, static_key_may_help } = outcomeOf(scenario === "helper-failed" && wishes.static_key ? "healthy" : scenario);
      const failsAt = outcome === "rolled-back" ? "write-files" : outcome === "unproved" ? "prove" : null;
      const phases = await walk(walked, onPhase, wishes.restart || outcome === "rolled-back" ? failsAt : null, findings[0] ?? null);
      if (outcome !== "rolled-back") overview = { ...overview, status: statusOf(false), can_undo: true };
      if (!wishes.restart && outcome !== "rolled-back") {
        return { outcome: "written", phases, findings: [finding("AR-713", "claude", "warning")], proof: null, static_key_may_help: false };
      }
      const proof =
        outcome === "proved"
          ? {
              host: PRESET.host,
              models: wishes.models.length,
              healthy: true,
              log: `${ROOT}/logs/main.log`,
              lines: ["[custom-3p] 3P mode active", `[custom-3p] inference apiHost=${PRESET.base}`, `[custom-3p] picker = ${wishes.models.length} (inferenceModels)`],
            }
          : null;
      return { outcome, phases, findings, proof, static_key_may_help };
    },
    async undo(goal, restart, onPhase) {
      await hear("undo");
      await walk(restart ? ["quit-claude", "write-files", "verify", "start-claude"] : ["write-files", "verify"], onPhase, null, null);
      overview = { ...overviewOf("healthy"), claude: overview.claude };
      return {
        goal,
        undone: true,
        unfinished: false,
        restored: editsOf(false).map(({ key, before, after }) => ({ key, before: after, after: before })),
        left: scenario === "drifted" ? [{ key: "inferenceGatewayBaseUrl", before: null, after: '"https://aigc.aochengcloud.com/v1"' }] : [],
        findings: [
          ...(scenario === "drifted" ? [finding("AR-709", "this-computer", "warning", { keys: "inferenceGatewayBaseUrl" })] : []),
          ...(scenario === "other-gateway" && goal === "before" ? [finding("AR-712", "this-computer", "info", RELAY)] : []),
        ],
      };
    },
    async endClaude() {
      await hear("end_claude");
      overview = { ...overview, claude: { ...overview.claude, running: false } };
    },
    async doctor() {
      await hear("doctor");
      return doctorOf(scenario, overview.status !== null);
    },
    async previewReport() {
      await hear("preview_report");
      if (scenario === "report-unclean") throw finding("AR-861", "airouter-setup", "blocking", { path: "logs", reason: "key-like" });
      return REPORT;
    },
    async saveReport() {
      await hear("save_report");
      return `/home/lin/Downloads/${REPORT.name}`;
    },
    async readClaudeReport(text) {
      await hear("read_claude_report");
      if (text.trim().length < 8) throw finding("AR-862", "this-computer", "blocking", { reason: "nothing-known" });
      return CLAUDE_REPORT;
    },
    async forgetSession() {
      hasKey = false;
      await hear("forget_session");
    },
    async setScenario(id) {
      await hear("set_scenario");
      staged = id;
      scenario = PLAYED[id] ?? "healthy";
      overview = overviewOf(scenario);
      hasKey = false;
      return begun();
    },
    async awaitPreset(tell) {
      onOffer = tell;
      await hear("await_preset");
    },
    async answerPreset(used) {
      await hear("answer_preset");
      if (used !== null && offer?.preset && offer.preset.base !== used) return begun();
      if (used !== null && offer?.preset) {
        preset = offer.preset;
        hasKey = false;
      }
      offer = null;
      return begun();
    },
    async makePreset() {
      await hear("make_preset");
      return { text: JSON.stringify({ schema: 1, name: PRESET.name, base: PRESET.base }, null, 2), link: "airouter-setup://preset/eyJzY2hlbWEiOjF9" };
    },
    async finish() {
      await hear("finish");
    },
  };
}

function editsOf(staticKey: boolean): EditView[] {
  return [
    { key: "inferenceProvider", before: null, after: '"gateway"' },
    { key: "inferenceGatewayBaseUrl", before: null, after: JSON.stringify(PRESET.base) },
    staticKey
      ? { key: "inferenceGatewayApiKey", before: null, after: '"•••"' }
      : { key: "inferenceCredentialHelper", before: null, after: '"/home/lin/.local/share/airouter-setup/airouter-credential"' },
  ];
}

function planOf(wishes: SetupWishes, scenario: Scenario, { installed, running }: ClaudeView, preset: PresetView): PlanView {
  const steps: StepId[] = [];
  if (running) steps.push("quit-claude");
  if (!wishes.static_key) steps.push("install-helper", "store-key");
  steps.push("write-files", "verify");
  if (installed && wishes.restart) steps.push("start-claude", "prove");

  const findings: Finding[] = [];
  const carryable = scenario === "settings-left" ? ["egressProxyUrl", "disableAutoUpdates"] : [];
  if (carryable.length > 0 && !wishes.carry_over) findings.push(finding("AR-741", "this-computer", "warning", { keys: carryable.join(", ") }));
  if (scenario === "plan-refused") findings.push(finding("AR-701", "this-computer", "blocking", { path: `${ROOT}/claude_desktop_config.json`, reason: "not an object" }));
  if (scenario === "keychain-missing" && !wishes.static_key) findings.push(finding("AR-801", "this-computer"));
  if (wishes.static_key) findings.push(finding("AR-806", "this-computer", "warning"));
  return {
    steps,
    files: [
      { role: "profile", path: PROFILE, is_new: true, edits: editsOf(wishes.static_key) },
      { role: "meta", path: `${ROOT}/configLibrary/_meta.json`, is_new: true, edits: [{ key: "appliedId", before: null, after: '"4f0c2b1e-6d3a-4c0b-9a57-2f7e8d1c9b60"' }] },
      { role: "mode", path: `${ROOT}/claude_desktop_config.json`, is_new: false, edits: [{ key: "deploymentMode", before: '"1p"', after: '"3p"' }] },
    ],
    findings,
    refused: findings.some((each) => each.severity === "blocking"),
    key_place: wishes.static_key ? "profile" : "keychain",
    egress: [...(wishes.egress ?? preset.egress ?? [])],
    carryable,
    claude_running: running,
    claude_installed: installed,
  };
}

/** The fake that an address such as `?scenario=no-balance&locale=en&pace=0` asks for. */
export function fakeFromAddress(search: string): Fake {
  const wishes = new URLSearchParams(search);
  const scenario = SCENARIOS.find((each) => each === wishes.get("scenario")) ?? "healthy";
  const locale = wishes.get("locale") === "en" ? "en" : "zh-CN";
  const os = (["windows", "macos"] as const).find((each) => each === wishes.get("os")) ?? "linux";
  return fake({ scenario, locale, os, pace: Number(wishes.get("pace") ?? "350") });
}
