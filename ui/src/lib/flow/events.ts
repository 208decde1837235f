// Everything that can happen on the flow: what the person does, and what the program answers.

import type { AddressView } from "../bindings/AddressView";
import type { ApplyReport } from "../bindings/ApplyReport";
import type { AuthScheme } from "../bindings/AuthScheme";
import type { CheckReport } from "../bindings/CheckReport";
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
import type { Start } from "../bindings/Start";
import type { ReportView } from "../bindings/ReportView";
import type { UndoReport } from "../bindings/UndoReport";

export type FlowEvent =
  | { type: "looked"; overview: Overview }
  | { type: "locale"; locale: Locale }
  | { type: "back" }
  // Key
  | { type: "key-reading" }
  | { type: "key-read"; run: number; view: KeyView }
  | { type: "key-refused"; run: number; finding: Finding }
  | { type: "address-set"; address: AddressView | null }
  | { type: "scheme-set"; scheme: AuthScheme | null }
  | { type: "proxy-set"; proxy: string | null }
  | { type: "check-began" }
  | { type: "lamp"; run: number; lamp: Lamp }
  | { type: "check-stopping" }
  | { type: "checked"; run: number; report: CheckReport }
  | { type: "check-failed"; run: number; finding: Finding }
  // Models
  | { type: "to-models" }
  | { type: "picked"; id: string; on: boolean }
  | { type: "made-default"; id: string }
  | { type: "moved"; id: string; by: -1 | 1 }
  | { type: "every"; on: boolean }
  | { type: "added"; model: OfferedModel }
  | { type: "trying"; id: string }
  | { type: "tried"; trial: ModelTrial }
  // Review and after
  | { type: "repairing" }
  | { type: "planning"; staticKey: boolean; carryOver: boolean }
  | { type: "planned"; run: number; plan: PlanView }
  | { type: "plan-failed"; run: number; finding: Finding }
  | { type: "applying"; restart: boolean }
  | { type: "egress-set"; hosts: readonly string[] }
  | { type: "undoing" }
  | { type: "phase"; run: number; phase: Phase }
  /** Everything is written; the person does not want to wait for the proof. */
  | { type: "not-waiting" }
  | { type: "applied"; run: number; report: ApplyReport }
  | { type: "undone"; run: number; report: UndoReport }
  | { type: "replace-key" }
  | { type: "change-models" }
  | { type: "start-over" }
  | { type: "staged"; start: Start }
  | { type: "to-start" }
  | { type: "by-hand" }
  | { type: "preset-opened"; offer: Offer }
  | { type: "preset-answered"; used: boolean; start: Start }
  // Doctor
  | { type: "to-doctor" }
  | { type: "examined"; run: number; report: DoctorReport }
  | { type: "report-shown"; run: number; view: ReportView }
  | { type: "report-saved"; run: number; path: string }
  | { type: "claude-told"; run: number; view: ClaudeReportView }
  | { type: "trouble"; finding: Finding };
