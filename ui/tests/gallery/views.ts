// Every state in which a person may meet a screen, and how the page gets there. All checks of looks and
// of access walk this one list, so a new state is added here and nowhere else.

import { asFinding, type Backend } from "../../src/lib/backend/backend";
import type { Fake } from "../../src/lib/backend/fake";
import { finding, type Scenario } from "../../src/lib/backend/scenes";
import type { ApplyReport } from "../../src/lib/bindings/ApplyReport";
import type { Code } from "../../src/lib/bindings/Code";
import { loadWords } from "../../src/lib/words";
import { fill, KEY, paste, press, shown, unfold } from "./person";

export type View = {
  scenario: Scenario;
  /** From the first screen to the state; nothing when it is the first screen. */
  reach?: (program: Fake) => Promise<unknown>;
  /** What the program does otherwise in this state. */
  change?: (program: Fake) => Partial<Backend>;
  /** Too long for a picture, or nothing but another state's text. */
  unpictured?: true;
};

/** An answer that never comes, so that a screen stays as it is while it waits. */
const never = <T>() => new Promise<T>(() => undefined);

const CLAUDE_STAYS: ApplyReport = {
  outcome: "refused",
  phases: [],
  findings: [finding("AR-103", "claude")],
  proof: null,
  static_key_may_help: false,
};

async function toModels(): Promise<void> {
  await paste();
  await shown("#to-review");
}

async function toReview(): Promise<void> {
  await toModels();
  await press("#to-review");
  await shown("#screen[data-screen=review] :is(#apply, .finding)");
}

async function toResult(): Promise<void> {
  await toReview();
  await press("#apply");
  await shown("[data-outcome]");
}

async function toDoctor(): Promise<void> {
  await shown("#to-doctor");
  await press("#to-doctor");
  await shown("#examine:not(:disabled)");
}

async function ask(button: string): Promise<void> {
  await press(button);
  await shown("dialog[open]");
}

async function leave(): Promise<void> {
  await ask("#leave");
  await press("#leave-confirm");
  await shown("#again");
}

/** Goes one way after the other. */
const then =
  (...ways: ((program: Fake) => Promise<unknown>)[]) =>
  async (program: Fake) => {
    for (const way of ways) await way(program);
  };

const failed = (code: Code) => then(() => paste(), () => shown(`[data-code="${code}"]`));

async function everyCode(): Promise<Code[]> {
  const { findings } = await loadWords("en");
  return Object.keys(findings({ gateway: "", host: "", base: "", os: "linux", of: () => "" })) as Code[];
}

export const VIEWS: Record<string, View> = {
  fault: { scenario: "healthy", change: () => ({ start: () => Promise.reject(asFinding("no answer")) }), reach: () => shown("[data-code]") },

  prepare: { scenario: "claude-missing", reach: () => shown('[data-code="AR-101"]') },
  "prepare-policy": { scenario: "managed-policy", reach: then(() => shown('[data-code="AR-110"]'), unfold) },

  preset: { scenario: "preset", reach: () => shown("#use-preset"), unpictured: true },
  "preset-refused": { scenario: "preset-refused", reach: () => shown('[data-code="AR-904"]'), unpictured: true },

  key: { scenario: "healthy" },
  "key-rehearsal": { scenario: "rehearsal", reach: () => shown("#practice-key") },
  "key-other-gateway": { scenario: "other-gateway", reach: () => shown("#leave") },
  "key-other-vendor": { scenario: "healthy", reach: then(() => paste("sk-ant-123456789"), () => shown('[data-code="AR-401"]')) },
  "key-found-address": { scenario: "healthy", reach: then(() => paste(`${KEY} https://elsewhere.example/claude`), () => shown("#found-address")) },
  "key-own-address": {
    scenario: "healthy",
    reach: then(unfold, () => fill("#address-input", "gate.example/v1"), () => press("#use-address"), () => shown("#address-changes")),
  },
  "key-no-address": {
    scenario: "healthy",
    reach: then(unfold, () => fill("#address-input", "hello"), () => press("#use-address"), () => shown('[data-code="AR-301"]')),
  },
  checking: { scenario: "slow", reach: then(() => paste(` ${KEY} `), () => shown("#lamp-answer[data-state=running]")) },
  "checking-stopping": {
    scenario: "slow",
    change: () => ({ cancelCheck: never }),
    reach: then(() => paste(), () => shown("#lamp-answer[data-state=running]"), () => press("#cancel-check"), () => shown("#cancel-check:disabled")),
  },
  "check-stopped": {
    scenario: "slow",
    reach: then(() => paste(), () => shown("#lamp-answer[data-state=running]"), () => press("#cancel-check"), () => shown('[data-code="AR-902"]')),
  },
  "check-bad-key": { scenario: "bad-key", reach: failed("AR-402") },
  "check-bad-key-unfolded": { scenario: "bad-key", reach: then(failed("AR-402"), unfold) },
  "check-no-balance": { scenario: "no-balance", reach: failed("AR-503") },
  "check-warned": { scenario: "small-warning", reach: failed("AR-608") },
  // Each finding there is, as a card.
  "every-finding": {
    scenario: "healthy",
    unpictured: true,
    change: (program) => ({
      async start() {
        const start = await program.start();
        const findings = (await everyCode()).map((code) => finding(code, "network", "warning", { path: "/home/lin/.config/Claude-3p", said: "insufficient_user_quota" }));
        return { ...start, overview: { ...start.overview, findings } };
      },
    }),
    reach: then(() => shown('[data-code="AR-902"]'), unfold),
  },

  models: { scenario: "healthy", reach: toModels },
  "models-unfolded": { scenario: "healthy", reach: then(toModels, unfold) },
  "models-many": { scenario: "many-models", reach: then(toModels, () => press("#more-models summary"), () => fill("#model-search", "haiku-4-1-2025000"), () => shown("#more-models [data-model*=haiku]")) },
  "models-none-found": { scenario: "many-models", reach: then(toModels, () => press("#more-models summary"), () => fill("#model-search", "nothing"), () => shown("#more-models [role=status]")) },
  "models-refused-id": {
    scenario: "healthy",
    reach: then(toModels, () => press("#by-hand summary"), () => fill("#model-id", "gpt-6"), () => press("#add-model"), () => shown("#by-hand [role=status]:not(:empty)")),
  },

  "review-making": { scenario: "healthy", change: () => ({ plan: never }), reach: then(toModels, () => press("#to-review"), () => shown("[data-screen=review]")) },
  review: { scenario: "healthy", reach: toReview },
  "review-running": { scenario: "claude-running", reach: toReview },
  "review-unfolded": { scenario: "claude-running", reach: then(toReview, unfold) },
  "review-more-sites": {
    scenario: "healthy",
    reach: then(toReview, () => press("#egress summary"), () => press('#egress input[value="some"]'), () => fill("#egress-hosts", "pypi.org")),
  },
  "review-no-site": {
    scenario: "healthy",
    reach: then(toReview, () => press("#egress summary"), () => press('#egress input[value="some"]'), () => fill("#egress-hosts", "pypi.org:443"), () => press("#use-egress"), () => shown('[data-code="AR-717"]')),
  },
  "review-settings": { scenario: "settings-left", reach: toReview },
  "review-refused": { scenario: "plan-refused", reach: toReview },
  "review-no-keychain": { scenario: "keychain-missing", reach: toReview },
  "review-static-key": {
    scenario: "keychain-missing",
    reach: then(toReview, () => press("#static-key-consent"), () => press("#static-key"), () => shown("#no-static-key")),
  },

  manual: { scenario: "plan-refused", reach: then(toReview, () => press("#by-hand-in-claude"), () => shown("#manual-state")) },
  "manual-done": {
    scenario: "plan-refused",
    reach: then(toReview, (program) => Promise.resolve(program.somebodyFilledItIn()), () => press("#by-hand-in-claude"), () => shown("#manual-state[data-found=true]")),
  },

  apply: {
    scenario: "claude-running",
    change: () => ({
      apply(_, onPhase) {
        onPhase({ step: "quit-claude", state: "done", finding: null });
        onPhase({ step: "install-helper", state: "running", finding: null });
        return never();
      },
    }),
    reach: then(toReview, () => press("#apply"), () => shown("#phase-install-helper[data-state=running]")),
  },

  "apply-quit-by-hand": {
    scenario: "claude-running",
    change: () => ({
      apply(_, onPhase) {
        onPhase({ step: "quit-claude", state: "running", finding: finding("AR-123", "claude", "info") });
        return never();
      },
    }),
    reach: then(toReview, () => press("#apply"), () => shown("#tray-picture")),
  },

  "result-claude-stays": { scenario: "claude-running", change: () => ({ apply: () => Promise.resolve(CLAUDE_STAYS) }), reach: toResult },
  "result-end-claude": {
    scenario: "claude-running",
    change: () => ({ apply: () => Promise.resolve(CLAUDE_STAYS) }),
    reach: then(toResult, () => ask("[data-remedy=end-claude]")),
  },
  "result-proved": { scenario: "healthy", reach: toResult },
  "result-proved-unfolded": { scenario: "healthy", reach: then(toResult, unfold) },
  "result-written": { scenario: "healthy", reach: then(toReview, () => press("#write-only"), () => shown("[data-outcome]")) },
  "result-unproved": { scenario: "unproved", reach: toResult },
  "result-helper-failed": { scenario: "helper-failed", reach: toResult },
  "result-rolled-back": { scenario: "rolled-back", reach: toResult },
  "result-unknown": { scenario: "healthy", change: () => ({ apply: () => Promise.reject(asFinding("lost")) }), reach: toResult },

  status: { scenario: "connected", reach: () => shown("#change-models") },
  "status-unfolded": { scenario: "connected", reach: then(() => shown("#change-models"), unfold) },
  "status-drifted": { scenario: "drifted", reach: () => shown("#repair") },
  "status-leaving": { scenario: "connected", reach: () => ask("#leave") },

  doctor: { scenario: "connected", reach: toDoctor },
  "doctor-looking": {
    scenario: "connected",
    change: () => ({ doctor: never }),
    reach: then(() => shown("#to-doctor"), () => press("#to-doctor"), () => shown("#examine:disabled")),
  },
  "doctor-trouble": { scenario: "drifted", reach: toDoctor },
  "doctor-bad-key": { scenario: "bad-key", reach: then(failed("AR-402"), toDoctor) },
  "doctor-failed": { scenario: "connected", change: () => ({ doctor: () => Promise.reject(asFinding("lost")) }), reach: then(() => shown("#to-doctor"), () => press("#to-doctor"), () => shown("[data-screen=doctor] [data-code]")) },
  "doctor-report": {
    scenario: "connected",
    reach: then(toDoctor, () => press("#make-report"), () => shown("#save-report"), () => press("#save-report"), () => shown("#report-saved"), unfold),
  },
  "doctor-claude-report": {
    scenario: "connected",
    reach: then(toDoctor, () => press("#claude-report summary"), () => fill("#claude-text", "Source: local"), () => press("#read-claude"), () => shown("#claude-told")),
  },

  undone: { scenario: "connected", reach: leave },
  "undone-with-rest": { scenario: "drifted", reach: then(leave, unfold) },
  "undone-other-gateway": { scenario: "other-gateway", reach: then(toResult, () => ask("#undo"), () => press("#undo-confirm"), () => shown("#leave")) },
};
