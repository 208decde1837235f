// The flow as a value. What a person has given stays beside the steps, not in them, so that going
// back cannot lose it. The key itself is never here: only its face is.

import type { AddressView } from "../bindings/AddressView";
import type { ApplyReport } from "../bindings/ApplyReport";
import type { AuthScheme } from "../bindings/AuthScheme";
import type { CheckReport } from "../bindings/CheckReport";
import type { CheckWishes } from "../bindings/CheckWishes";
import type { ClaudeReportView } from "../bindings/ClaudeReportView";
import type { DoctorReport } from "../bindings/DoctorReport";
import type { Finding } from "../bindings/Finding";
import type { KeyView } from "../bindings/KeyView";
import type { Lamp } from "../bindings/Lamp";
import type { Locale } from "../bindings/Locale";
import type { ModelTrial } from "../bindings/ModelTrial";
import type { OfferedModel } from "../bindings/OfferedModel";
import type { Offer } from "../bindings/Offer";
import type { Overview } from "../bindings/Overview";
import type { Phase } from "../bindings/Phase";
import type { PlanView } from "../bindings/PlanView";
import type { ReportView } from "../bindings/ReportView";
import type { SetupWishes } from "../bindings/SetupWishes";
import type { Start } from "../bindings/Start";
import type { StepId } from "../bindings/StepId";
import type { UndoReport } from "../bindings/UndoReport";
import { LAMPS } from "../bindings/rules";

export type State = {
  readonly start: Start;
  readonly locale: Locale;
  readonly overview: Overview;
  /** What the program holds of a key; nothing when it holds none. */
  readonly key: KeyView | null;
  /** The key comes from an earlier set-up and not from a paste. */
  readonly keyIsStored: boolean;
  /** An address of the person's own; nothing means the preset's. */
  readonly address: AddressView | null;
  readonly scheme: AuthScheme | null;
  /** A proxy that the person typed; nothing means the system's. */
  readonly proxy: string | null;
  readonly check: Check;
  readonly choice: Choice;
  readonly staticKey: boolean;
  /** Hosts that the person chose for Claude's tools beside the gateway; nothing leaves the choice to the program. */
  readonly egress: readonly string[] | null;
  /** Settings that would no longer count are written into the new configuration, too. */
  readonly carryOver: boolean;
  /** A preset that was opened while something was written; it is shown afterwards. */
  readonly waiting: Offer | null;
  /** Rises with each request whose late answer must not count any more. */
  readonly run: number;
  readonly at: Step;
};

export type Check =
  | { readonly at: "idle" }
  | { readonly at: "running"; readonly lamps: readonly Lamp[]; readonly stopping: boolean }
  | {
      readonly at: "done";
      readonly lamps: readonly Lamp[];
      /** Nothing when the check itself could not be made; then `findings` says why. */
      readonly report: CheckReport | null;
      readonly findings: readonly Finding[];
      /** The flow goes on by itself once, and not again after a step back. */
      readonly goesOn: boolean;
    };

export type Choice = {
  /** The chosen ids, the default first. */
  readonly ids: readonly string[];
  readonly every: boolean;
  readonly added: readonly OfferedModel[];
  readonly trying: readonly string[];
  readonly trials: readonly ModelTrial[];
};

export type Step =
  | { readonly screen: "prepare" }
  | { readonly screen: "key"; readonly reading: boolean; readonly problem: Finding | null }
  | { readonly screen: "models"; readonly problem: Finding | null }
  | {
      readonly screen: "review";
      /** Nothing while it is being made. */
      readonly plan: PlanView | null;
      readonly problem: Finding | null;
      readonly cameFrom: "models" | "status" | "result";
    }
  | {
      readonly screen: "apply";
      readonly task: "set-up" | "undo";
      /** The steps that are known before they begin; for an undo none are. */
      readonly steps: readonly StepId[];
      readonly phases: readonly Phase[];
    }
  | {
      readonly screen: "result";
      /** Nothing when the program could not say how it ended; then `problem` says what is known. */
      readonly report: ApplyReport | null;
      readonly problem: Finding | null;
    }
  | { readonly screen: "status"; readonly problem: Finding | null }
  | { readonly screen: "undone"; readonly report: UndoReport }
  /** A preset that somebody opened; `from` is where the flow goes on if it is not used. */
  | { readonly screen: "preset"; readonly offer: Offer; readonly from: Step; readonly problem: Finding | null }
  /** What is looked at when something is wrong; back leads to where one was. */
  | {
      readonly screen: "doctor";
      readonly from: Step;
      /** Nothing while it is being looked at. */
      readonly report: DoctorReport | null;
      readonly problem: Finding | null;
      /** The report for support, as it would leave. */
      readonly preview: ReportView | null;
      /** Where it was saved. */
      readonly saved: string | null;
      /** What Claude's own report says. */
      readonly told: ClaudeReportView | null;
    }
  /** The flow through Claude's own window; back leads to where it was left. */
  | { readonly screen: "manual"; readonly from: Step };

export type Screen = Step["screen"];

/** The one long step after which nothing depends on waiting: all is written, and Claude is looked at. */
export function isProving(at: Step): at is Extract<Step, { screen: "apply" }> {
  return at.screen === "apply" && at.phases.some((phase) => phase.step === "prove" && phase.state === "running");
}

/** What a preset recommends is chosen from the start. */
function choiceOf(start: Start): Choice {
  return { ids: start.preset.models, every: false, added: [], trying: [], trials: [] };
}

/** Where the flow begins on this computer. */
export function begin(start: Start): State {
  return {
    start,
    locale: start.locale,
    overview: start.overview,
    key: null,
    keyIsStored: false,
    address: null,
    scheme: null,
    proxy: null,
    check: { at: "idle" },
    choice: choiceOf(start),
    staticKey: false,
    egress: null,
    carryOver: false,
    waiting: null,
    run: 0,
    at: start.offer ? { screen: "preset", offer: start.offer, from: firstStep(start.overview), problem: null } : firstStep(start.overview),
  };
}

export function firstStep(overview: Overview): Step {
  if (overview.status) return { screen: "status", problem: null };
  if (overview.blocked) return { screen: "prepare" };
  return { screen: "key", reading: false, problem: null };
}

export function waitingLamps(): Lamp[] {
  return LAMPS.map((id) => ({ id, state: "waiting", finding: null, facts: [], millis: null }));
}

/** The lamps to show: all six, always, so that nothing moves when they fill. */
export function lampsOf(check: Check): readonly Lamp[] {
  return check.at === "idle" ? waitingLamps() : check.lamps;
}

export function addressOf(state: State): { base: string; host: string; is_preset: boolean } {
  const { base, host } = state.start.preset;
  return state.address ?? { base, host, is_preset: true };
}

/** Every model that can be spoken of: offered, added by hand, or chosen at an earlier time. */
export function modelsOf(state: State): readonly OfferedModel[] {
  const offered = state.check.at === "done" ? (state.check.report?.models ?? []) : [];
  const known = new Set(offered.map((model) => model.id));
  return [...offered, ...state.choice.added.filter((model) => !known.has(model.id))];
}

export function checkWishes(state: State): CheckWishes {
  return { address: state.address?.base ?? null, scheme: state.scheme, proxy: state.proxy };
}

export function setupWishes(state: State, restart: boolean): SetupWishes {
  const { ids, every } = state.choice;
  const egress = state.egress && [...state.egress];
  return { models: [...ids], every_model: every, static_key: state.staticKey, egress, carry_over: state.carryOver, restart };
}
