// What the doctor finds in the worlds that the fake backend can play.

import type { ClaudeReportView } from "../bindings/ClaudeReportView";
import type { Code } from "../bindings/Code";
import type { DoctorCheck } from "../bindings/DoctorCheck";
import type { DoctorReport } from "../bindings/DoctorReport";
import type { DoctorStep } from "../bindings/DoctorStep";
import type { Finding } from "../bindings/Finding";
import type { ReportView } from "../bindings/ReportView";
import { finding, PRESET, statusOf, type Scenario } from "./scenes";

/** Some checks of each step: enough to see how a page of them looks. */
const CHECKS: readonly [DoctorStep, Code, boolean][] = [
  ["key", "AR-402", true],
  ["key", "AR-503", true],
  ["key", "AR-804", true],
  ["key", "AR-731", false],
  ["address", "AR-205", true],
  ["address", "AR-726", true],
  ["ending", "AR-727", true],
  ["applied", "AR-101", true],
  ["applied", "AR-110", true],
  ["applied", "AR-723", true],
  ["applied", "AR-711", true],
  ["applied", "AR-131", true],
  ["reached", "AR-604", true],
  ["reached", "AR-860", false],
  ["around", "AR-132", false],
  ["around", "AR-135", false],
];

const BASE_WITH_V1 = "https://aigc.aochengcloud.com/v1";

function troublesOf(scenario: Scenario): Partial<Record<Code, Finding>> {
  const around = { "AR-132": finding("AR-132", "this-computer", "warning", { keys: "ANTHROPIC_AUTH_TOKEN", path: "~/.bashrc" }) };
  switch (scenario) {
    case "bad-key":
      return { "AR-402": finding("AR-402", "key", "blocking", { status: "401" }) };
    case "drifted":
      return {
        ...around,
        "AR-727": finding("AR-727", "this-computer", "blocking", { url: BASE_WITH_V1, base: PRESET.base }),
        "AR-711": finding("AR-711", "this-computer", "blocking", { keys: "inferenceGatewayBaseUrl", because: "changed" }),
        "AR-131": finding("AR-131", "claude"),
      };
    default:
      return {};
  }
}

export function doctorOf(scenario: Scenario, connected: boolean): DoctorReport {
  const troubles = troublesOf(scenario);
  const checks = CHECKS.map(([step, code, blocking]): DoctorCheck => {
    const found = troubles[code] ?? null;
    const untested = !connected && step === "reached";
    return { code, step, state: found ? "trouble" : untested ? "not-tested" : "ok", owner: found?.owner ?? "claude", blocking, finding: found };
  });
  const findings = checks.flatMap((check) => (check.finding ? [check.finding] : []));
  return { checks, findings, values: connected ? statusOf(scenario === "drifted").rows : [], configured: connected };
}

export const REPORT: ReportView = {
  page: `# AIRouter · 接入检查报告\n\n- 接入助手：0.1.0\n- Claude Desktop：2.26454.0\n- 接口地址：${PRESET.base}\n- 密钥：•••• 7f3a · 指纹 9c1e04b7\n\n## 需要处理\n\n没有发现问题。\n`,
  entries: ["files/_meta.json", "logs/claude.log", "report.json", "report.md"].map((name, index) => ({ name, size: 400 + index })),
  name: "airouter-report-1a2b3c4d.zip",
};

export const CLAUDE_REPORT: ClaudeReportView = {
  findings: [finding("AR-864", "claude", "blocking", { keys: "inferenceGatewayBaseUrl" })],
  values: [
    { name: "inferenceProvider", expected: '"gateway"', actual: "gateway", ok: true, source: "local", cause: null },
    { name: "inferenceGatewayBaseUrl", expected: `"${PRESET.base}"`, actual: BASE_WITH_V1, ok: false, source: "local", cause: null },
  ],
};
