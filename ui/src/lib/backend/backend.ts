// What the page may ask of the program. Two implementations exist: the real one in `tauri.ts`, and one
// in memory in `fake.ts` for development, tests and pictures. Secrets go one way only: `readKey` sends
// the pasted text, and nothing ever brings it back.

import type { AddressView } from "../bindings/AddressView";
import type { ApplyReport } from "../bindings/ApplyReport";
import type { CheckReport } from "../bindings/CheckReport";
import type { CheckWishes } from "../bindings/CheckWishes";
import type { ClaudeReportView } from "../bindings/ClaudeReportView";
import type { DoctorReport } from "../bindings/DoctorReport";
import type { Finding } from "../bindings/Finding";
import type { KeyView } from "../bindings/KeyView";
import type { Lamp } from "../bindings/Lamp";
import type { Locale } from "../bindings/Locale";
import type { MadePreset } from "../bindings/MadePreset";
import type { ModelTrial } from "../bindings/ModelTrial";
import type { OfferedModel } from "../bindings/OfferedModel";
import type { Offer } from "../bindings/Offer";
import type { Overview } from "../bindings/Overview";
import type { Page } from "../bindings/Page";
import type { Phase } from "../bindings/Phase";
import type { PlanView } from "../bindings/PlanView";
import type { SetupWishes } from "../bindings/SetupWishes";
import type { ReportView } from "../bindings/ReportView";
import type { Start } from "../bindings/Start";
import type { UndoGoal } from "../bindings/UndoGoal";
import type { UndoReport } from "../bindings/UndoReport";
import { NO_ANSWER } from "../bindings/rules";

/** The commands by the names that Rust gives them. */
export const COMMANDS = [
  "start",
  "look",
  "remember_locale",
  "open_page",
  "read_key",
  "read_address",
  "check",
  "cancel_check",
  "try_model",
  "add_model",
  "plan",
  "apply",
  "undo",
  "end_claude",
  "doctor",
  "preview_report",
  "save_report",
  "read_claude_report",
  "forget_session",
  "set_scenario",
  "await_preset",
  "answer_preset",
  "make_preset",
  "finish",
] as const;

export type Command = (typeof COMMANDS)[number];

/** Every method may reject with a `Finding`; see `asFinding` for anything else. */
export interface Backend {
  start(): Promise<Start>;
  look(): Promise<Overview>;
  rememberLocale(locale: Locale): Promise<void>;
  openPage(page: Page): Promise<void>;
  readKey(text: string): Promise<KeyView>;
  readAddress(text: string): Promise<AddressView>;
  check(wishes: CheckWishes, onLamp: (lamp: Lamp) => void): Promise<CheckReport>;
  cancelCheck(): Promise<void>;
  tryModel(id: string): Promise<ModelTrial>;
  addModel(id: string): Promise<OfferedModel>;
  plan(wishes: SetupWishes): Promise<PlanView>;
  apply(wishes: SetupWishes, onPhase: (phase: Phase) => void): Promise<ApplyReport>;
  undo(goal: UndoGoal, restart: boolean, onPhase: (phase: Phase) => void): Promise<UndoReport>;
  /** Ends Claude without asking it; the person has agreed. */
  endClaude(): Promise<void>;
  doctor(): Promise<DoctorReport>;
  previewReport(): Promise<ReportView>;
  /** Saves what was shown last, and tells where. */
  saveReport(): Promise<string>;
  /** Reads one of Claude's own reports: a text, or a file's bytes as base64. */
  readClaudeReport(text: string, file: boolean): Promise<ClaudeReportView>;
  forgetSession(): Promise<void>;
  /** Sets the stage of a rehearsal for another scenario; the flow begins anew. */
  setScenario(id: string): Promise<Start>;
  /** Tells of presets that are opened while the window is. */
  awaitPreset(onOffer: (offer: Offer) => void): Promise<void>;
  /** Uses the preset that waits, by the address that was shown, or none. Another one may wait by then. */
  answerPreset(used: string | null): Promise<Start>;
  makePreset(): Promise<MadePreset>;
  finish(): Promise<void>;
}

/** The finding that a rejection carries. Anything that is not one is a fault of this program. */
export function asFinding(thrown: unknown): Finding {
  if (isFinding(thrown)) return thrown;
  const said = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "";
  return {
    ...NO_ANSWER,
    // Long texts would be a whole stack; support needs the first line.
    evidence: said === "" ? [] : [{ name: "said", value: said.slice(0, 200) }],
  };
}

function isFinding(value: unknown): value is Finding {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    /^AR-\d{3}$/.test(value.code) &&
    "evidence" in value &&
    Array.isArray(value.evidence)
  );
}
