// The doctor's page on the flow: it stands beside the way, so leaving it leads back to where one was.

import type { FlowEvent } from "./events";
import type { State } from "./state";

type DoctorEvent = Extract<FlowEvent, { type: "to-doctor" | "examined" | "report-shown" | "report-saved" | "claude-told" }>;

export function doctored(state: State, event: DoctorEvent): State {
  if (event.type === "to-doctor") return opened(state);
  const at = state.at;
  if (at.screen !== "doctor") return state;
  switch (event.type) {
    case "examined":
      return { ...state, at: { ...at, report: event.report, problem: null } };
    case "report-shown":
      return { ...state, at: { ...at, preview: event.view, saved: null, problem: null } };
    case "report-saved":
      return { ...state, at: { ...at, saved: event.path, problem: null } };
    case "claude-told":
      return { ...state, at: { ...at, told: event.view, problem: null } };
  }
}

/** Looking again forgets what was found, and with it a report that no longer says what is there. */
function opened(state: State): State {
  const from = state.at.screen === "doctor" ? state.at.from : state.at;
  const told = state.at.screen === "doctor" ? state.at.told : null;
  return {
    ...state,
    run: state.run + 1,
    at: { screen: "doctor", from, report: null, problem: null, preview: null, saved: null, told },
  };
}
