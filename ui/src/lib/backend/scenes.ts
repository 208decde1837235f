// The worlds that the fake backend can play, as plain values.

import type { CheckReport } from "../bindings/CheckReport";
import type { Code } from "../bindings/Code";
import type { Finding } from "../bindings/Finding";
import type { Lamp } from "../bindings/Lamp";
import type { LampId } from "../bindings/LampId";
import type { Layer } from "../bindings/Layer";
import type { LayerId } from "../bindings/LayerId";
import type { OfferedModel } from "../bindings/OfferedModel";
import type { Offer } from "../bindings/Offer";
import type { Outcome } from "../bindings/Outcome";
import type { Overview } from "../bindings/Overview";
import type { Owner } from "../bindings/Owner";
import type { PracticeScenario } from "../bindings/PracticeScenario";
import type { PresetView } from "../bindings/PresetView";
import type { Severity } from "../bindings/Severity";
import type { Status } from "../bindings/Status";
import type { Tier } from "../bindings/Tier";
import { LAMPS } from "../bindings/rules";

export const SCENARIOS = [
  "healthy",
  "claude-missing",
  "claude-running",
  "managed-policy",
  "bad-key",
  "no-balance",
  "offline",
  "proxy-dead",
  "company-network",
  "wrong-address",
  "busy",
  "no-streaming",
  "small-warning",
  "many-models",
  "slow",
  "settings-left",
  "plan-refused",
  "rolled-back",
  "unproved",
  "helper-failed",
  "keychain-missing",
  "connected",
  "drifted",
  "other-gateway",
  "report-unclean",
  "rehearsal",
  "preset",
  "preset-refused",
] as const;

export type Scenario = (typeof SCENARIOS)[number];

const PRESET: PresetView = {
  name: "AIRouter",
  base: "https://aigc.aochengcloud.com/claude",
  host: "aigc.aochengcloud.com",
  built_in: true,
  has_console: true,
  console: "https://aigc.aochengcloud.com",
  models: [],
  egress: null,
  supporter: null,
  note: null,
  expires: null,
  signer: null,
};
export { PRESET };

/** A preset that somebody sent. */
export const OFFER: Offer = {
  preset: {
    name: "智关",
    base: "https://gate.xn--fiqs8s.example/claude",
    host: "gate.xn--fiqs8s.example",
    built_in: false,
    has_console: true,
    console: "https://console.gate.example",
    models: ["claude-sonnet-4-6", "claude-haiku-4-5-20251001"],
    egress: ["pypi.org", "*.example.com"],
    supporter: "客服小王",
    note: "有问题请打400-123-4567\n工作日9点到18点",
    expires: "2027-03-31",
    signer: null,
  },
  findings: [finding("AR-907", "airouter-setup", "info", { id: "6ABBAADCE42AD704" })],
};

export const REFUSED_OFFER: Offer = {
  preset: null,
  findings: [finding("AR-904", "airouter-setup", "blocking", { expires: "2026-03-31", supporter: "客服小王" })],
};

export const ROOT = "/home/lin/.config/Claude-3p";

export function finding(
  code: Code,
  owner: Owner,
  severity: Severity = "blocking",
  evidence: Record<string, string> = {},
): Finding {
  return { code, owner, severity, evidence: Object.entries(evidence).map(([name, value]) => ({ name, value })) };
}

export const FACE = { last4: "7f3a", fingerprint: "9c1e04b7", length: 51 };

function model(id: string, tier: Tier | null, display: string | null = null): OfferedModel {
  return { id, display_name: display, tier, dropped: null };
}

export const MODELS: readonly OfferedModel[] = [
  model("claude-sonnet-5", "sonnet", "Claude Sonnet 5"),
  model("claude-opus-5", "opus", "Claude Opus 5"),
  model("claude-haiku-4-5-20251001", "haiku", "Claude Haiku 4.5"),
  model("claude-sonnet-4-6", "sonnet", "Claude Sonnet 4.6"),
  model("claude-opus-4-6", "opus"),
  { id: "gpt-5.2", display_name: null, tier: null, dropped: { kind: "other-vendor", word: "gpt" } },
  { id: "sonnet", display_name: null, tier: "sonnet", dropped: { kind: "bare-alias" } },
];

const PROPOSAL = ["claude-sonnet-5", "claude-opus-5", "claude-haiku-4-5-20251001"];

function manyModels(count: number): OfferedModel[] {
  const tiers: Tier[] = ["opus", "sonnet", "haiku"];
  const rest = Array.from({ length: count - MODELS.length }, (_, index) => {
    const tier = tiers[index % tiers.length] ?? "sonnet";
    return model(`claude-${tier}-4-1-2025${String(index).padStart(5, "0")}`, tier);
  });
  return [...MODELS, ...rest];
}

/** What a check ends in: the lamp at which it breaks, and why. */
function breaks(scenario: Scenario): { at: LampId; finding: Finding } | null {
  switch (scenario) {
    case "bad-key":
      return { at: "key", finding: finding("AR-402", "key", "blocking", { status: "401", said: "无效的令牌" }) };
    case "no-balance":
      return { at: "answer", finding: finding("AR-503", "account", "blocking", { status: "402", said: "insufficient_user_quota" }) };
    case "offline":
      return { at: "address", finding: finding("AR-201", "network") };
    case "proxy-dead":
      return { at: "address", finding: finding("AR-222", "this-computer", "blocking", { proxy: "http://127.0.0.1:7890" }) };
    case "company-network":
      return { at: "address", finding: finding("AR-213", "network", "blocking", { issuer: "Example Corp Inspection CA", host: PRESET.host }) };
    case "wrong-address":
      return { at: "address", finding: finding("AR-305", "airouter-setup", "blocking", { url: PRESET.base, status: "200" }) };
    case "busy":
      return { at: "answer", finding: finding("AR-603", "gateway", "blocking", { status: "529", said: "overloaded_error" }) };
    case "no-streaming":
      return { at: "streaming", finding: finding("AR-606", "gateway") };
    case "small-warning":
      return { at: "models", finding: finding("AR-608", "gateway", "warning") };
    default:
      return null;
  }
}

export function lampsOf(scenario: Scenario): Lamp[] {
  const broken = breaks(scenario);
  const brokenIndex = broken ? LAMPS.indexOf(broken.at) : LAMPS.length;
  return LAMPS.map((id, index): Lamp => {
    const millis = [182, 214, 305, 941, 1187, 1420][index] ?? 100;
    const facts = id === "models" ? [{ name: "models", value: "5" }] : [];
    if (broken?.finding.severity === "blocking" && index > brokenIndex) {
      return { id, state: "not-tested", finding: null, facts: [], millis: null };
    }
    if (broken && index === brokenIndex) {
      return { id, state: broken.finding.severity === "warning" ? "warning" : "failed", finding: broken.finding, facts, millis };
    }
    return { id, state: "ok", finding: null, facts, millis };
  });
}

/** The layers beneath a lamp; the lowest carries its time and its finding. */
const LAYERS: Record<LampId, readonly LayerId[]> = {
  address: ["name", "tcp", "proxy", "tls", "http", "shape"],
  key: ["key", "account"],
  models: ["models"],
  answer: ["message"],
  streaming: ["streaming"],
  tools: ["tools"],
};

/** Which layer a code speaks of, where it is not the lamp's first. */
const BROKEN_LAYERS: { readonly [code: string]: LayerId } = {
  "AR-213": "tls",
  "AR-222": "proxy",
  "AR-305": "shape",
  "AR-503": "message",
};

function layersOf(scenario: Scenario): Layer[] {
  return lampsOf(scenario).flatMap((lamp) => {
    const ids = LAYERS[lamp.id];
    // Of a broken lamp one layer is broken.
    const broken = lamp.state === "failed" ? ids.indexOf(BROKEN_LAYERS[lamp.finding?.code ?? ""] ?? ids[0] ?? "name") : ids.length;
    return ids.map((id, at): Layer => {
      const facts = id === "proxy" && scenario === "proxy-dead" ? [{ name: "proxy", value: "http://127.0.0.1:7890" }] : lamp.facts;
      if (at === broken || lamp.state !== "failed") return { ...lamp, facts, id };
      return { ...lamp, id, finding: null, state: at < broken ? "ok" : "not-tested", millis: at < broken ? lamp.millis : null };
    });
  });
}

export function reportOf(scenario: Scenario, base: string): CheckReport {
  const broken = breaks(scenario);
  const passed = broken?.finding.severity !== "blocking";
  const models = scenario === "many-models" ? manyModels(10_000) : [...MODELS];
  return {
    base,
    scheme: "bearer",
    lamps: lampsOf(scenario),
    layers: layersOf(scenario),
    findings: broken ? [broken.finding] : [],
    models: passed ? models : [],
    requests: 4,
    tokens_estimate: 2600,
    proposal: passed ? PROPOSAL : [],
    passed,
    clean: broken === null,
  };
}

export function outcomeOf(scenario: Scenario): { outcome: Outcome; findings: Finding[]; static_key_may_help: boolean } {
  switch (scenario) {
    case "rolled-back":
      return {
        outcome: "rolled-back",
        findings: [finding("AR-702", "this-computer", "blocking", { path: `${ROOT}/configLibrary/_meta.json` })],
        static_key_may_help: false,
      };
    case "unproved":
      return { outcome: "unproved", findings: [finding("AR-856", "claude", "warning")], static_key_may_help: false };
    case "helper-failed":
      return { outcome: "unproved", findings: [finding("AR-854", "claude")], static_key_may_help: true };
    default:
      return { outcome: "proved", findings: [], static_key_may_help: false };
  }
}

const PROFILE_ID = "4f0c2b1e-6d3a-4c0b-9a57-2f7e8d1c9b60";
export const PROFILE = `${ROOT}/configLibrary/${PROFILE_ID}.json`;

/** Another program's profile whose relay is not running. */
export const RELAY = { name: "CC Switch", tool: "CC Switch", url: "http://127.0.0.1:15721" };

export function statusOf(drifted: boolean): Status {
  const rows: [string, string, string | null][] = [
    ["appliedId", PROFILE_ID, PROFILE_ID],
    ["inferenceProvider", "gateway", "gateway"],
    ["inferenceGatewayBaseUrl", PRESET.base, drifted ? "https://aigc.aochengcloud.com/v1" : PRESET.base],
    ["inferenceGatewayAuthScheme", "bearer", "bearer"],
    ["inferenceCredentialKind", "helper-script", "helper-script"],
    ["inferenceModels", PROPOSAL.join(", "), PROPOSAL.join(", ")],
    ["chatTabEnabled", "true", drifted ? null : "true"],
    ["deploymentMode", "3p", "3p"],
  ];
  return {
    name: PRESET.name,
    base: PRESET.base,
    host: PRESET.host,
    scheme: "bearer",
    models: [...PROPOSAL],
    egress: null,
    key_place: "keychain",
    key: FACE,
    rows: rows.map(([name, expected, actual]) => {
      const ok = expected === actual;
      return { name, expected, actual, ok, source: actual === null ? "default" : "local", cause: ok ? null : "claude-updated" };
    }),
    healthy: !drifted,
  };
}

export function overviewOf(scenario: Scenario): Overview {
  const installed = scenario !== "claude-missing";
  const running = scenario === "claude-running";
  const connected = scenario === "connected" || scenario === "drifted" || scenario === "report-unclean";
  const findings: Finding[] = [];
  if (!installed) findings.push(finding("AR-101", "claude"));
  if (scenario === "managed-policy") {
    findings.push(finding("AR-110", "company-policy", "blocking", { path: "/etc/claude-desktop/managed.json", keys: "inferenceProvider" }));
  }
  if (scenario === "drifted") findings.push(finding("AR-711", "this-computer", "blocking", { keys: "inferenceGatewayBaseUrl, chatTabEnabled", because: "claude-updated" }));
  if (scenario === "other-gateway") findings.push(finding("AR-716", "this-computer", "warning", RELAY));
  return {
    claude: { installed, running, version: installed ? "2.26454.0" : null, path: installed ? "/usr/bin/claude-desktop" : null },
    root: ROOT,
    findings,
    blocked: !installed || scenario === "managed-policy",
    status: connected ? statusOf(scenario === "drifted") : null,
    can_undo: connected,
    in_use: connected ? PRESET.base : scenario === "other-gateway" ? RELAY.url : null,
  };
}

/** Some of the scenarios of a rehearsal. */
export const REHEARSED: PracticeScenario[] = [
  rehearsed("good", "well", "AR-860", ["一切顺利", "接下来怎么做？"], ["All goes well", "What do I do now?"]),
  rehearsed("bad-key", "key", "AR-402", ["密钥不对", "它说密钥没有被接受。"], ["A wrong key", "It says that the key was not accepted."]),
  rehearsed("no-balance", "account", "AR-503", ["余额不足", "它说余额不够。"], ["No balance", "It says that there is no balance."]),
  rehearsed("policy", "computer", "AR-110", ["公司统一管理", "它说公司管理了设置。"], ["A company's policy", "It says that my company manages it."]),
];

type Said = readonly [title: string, customer: string];

function rehearsed(id: string, group: string, code: string, zh: Said, en: Said): PracticeScenario {
  return {
    id,
    group,
    key: id === "policy" ? null : `sk-practice-${id}-0000000000000000`,
    code,
    facts: [],
    "zh-CN": { title: zh[0], customer: zh[1], supporter: ["请粘贴密钥。", "请念一下编号。"], end: "客户知道下一步做什么。" },
    en: { title: en[0], customer: en[1], supporter: ["Please paste the key.", "Please read me the code."], end: "The customer knows what to do next." },
  };
}
