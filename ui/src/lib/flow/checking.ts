// What a check leaves behind, whether it ended, was stopped, or could not be made.

import type { CheckReport } from "../bindings/CheckReport";
import type { Finding } from "../bindings/Finding";
import type { Lamp } from "../bindings/Lamp";
import { waitingLamps, type State } from "./state";

export function afterCheck(state: State, report: CheckReport): State {
  const offered = new Set(report.models.filter((model) => model.dropped === null).map((model) => model.id));
  const byHand = new Set(state.choice.added.map((model) => model.id));
  // A choice made before stays as far as it still holds; the proposal is for those who have none.
  const kept = state.choice.ids.filter((id) => offered.has(id) || byHand.has(id));
  return {
    ...state,
    choice: { ...state.choice, ids: kept.length > 0 ? kept : report.proposal },
    check: {
      at: "done",
      lamps: report.lamps,
      report,
      findings: report.findings,
      goesOn: report.clean,
    },
  };
}

export function afterStop(state: State, finding: Finding): State {
  const lamps = state.check.at === "idle" ? waitingLamps() : state.check.lamps;
  return {
    ...state,
    check: { at: "done", lamps: lamps.map(settled), report: null, findings: [finding], goesOn: false },
  };
}

/** A lamp that is still waiting when all is over was not tested, and must not look as if it will be. */
function settled(lamp: Lamp): Lamp {
  return lamp.state === "waiting" || lamp.state === "running" ? { ...lamp, state: "not-tested" } : lamp;
}
