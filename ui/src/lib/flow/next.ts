// The flow's one rule book: what was, and what happened, give what is. Pure, so that every turn can be
// tested without a window. A late answer of something that was given up carries an old `run` and
// changes nothing.

import { afterCheck, afterStop } from "./checking";
import type { ApplyReport } from "../bindings/ApplyReport";
import { NOT_WAITED_FOR, STARTS_CLAUDE } from "../bindings/rules";
import { added, defaulted, moved, picked, tried } from "./choosing";
import type { StepId } from "../bindings/StepId";
import { doctored } from "./doctor";
import type { FlowEvent } from "./events";
import type { Offer } from "../bindings/Offer";
import { begin, firstStep, isProving, waitingLamps, type State, type Step } from "./state";

export function next(state: State, event: FlowEvent): State {
  if ("run" in event && event.run !== state.run) return state;

  switch (event.type) {
    case "looked":
      return looked({ ...state, overview: event.overview });
    case "locale":
      return { ...state, locale: event.locale };
    case "back":
      return back(state);
    case "staged":
      // Another computer, as it were: only the language is still the person's.
      return { ...begin(event.start), locale: state.locale, run: state.run + 1 };
    case "trouble":
      return troubled(state, event);

    case "key-reading":
      return { ...state, run: state.run + 1, check: { at: "idle" }, at: { screen: "key", reading: true, problem: null } };
    case "key-read":
      return { ...state, key: event.view, keyIsStored: false, at: { screen: "key", reading: false, problem: null } };
    case "key-refused":
      return { ...state, key: null, keyIsStored: false, at: { screen: "key", reading: false, problem: event.finding } };
    case "address-set":
      // Verdicts on another address say nothing about this one.
      return {
        ...state,
        address: event.address,
        run: state.run + 1,
        check: { at: "idle" },
        at: state.at.screen === "key" ? { ...state.at, problem: null } : state.at,
      };
    case "scheme-set":
      return { ...state, scheme: event.scheme, run: state.run + 1, check: { at: "idle" } };
    case "proxy-set":
      return { ...state, proxy: event.proxy, run: state.run + 1, check: { at: "idle" } };
    case "check-began":
      return {
        ...state,
        run: state.run + 1,
        check: { at: "running", lamps: waitingLamps(), stopping: false },
        at: { screen: "key", reading: false, problem: null },
      };
    case "lamp":
      if (state.check.at !== "running") return state;
      return {
        ...state,
        check: { ...state.check, lamps: state.check.lamps.map((lamp) => (lamp.id === event.lamp.id ? event.lamp : lamp)) },
      };
    case "check-stopping":
      return state.check.at === "running" ? { ...state, check: { ...state.check, stopping: true } } : state;
    case "checked":
      return afterCheck(state, event.report);
    case "check-failed":
      return afterStop(state, event.finding);

    case "to-models":
      if (state.check.at !== "done" || !state.check.report?.passed) return state;
      return { ...state, check: { ...state.check, goesOn: false }, at: { screen: "models", problem: null } };
    case "picked":
      return { ...state, choice: picked(state.choice, event.id, event.on) };
    case "made-default":
      return { ...state, choice: defaulted(state.choice, event.id) };
    case "moved":
      return { ...state, choice: moved(state.choice, event.id, event.by) };
    case "every":
      return { ...state, choice: { ...state.choice, every: event.on } };
    case "added":
      return { ...state, choice: added(state.choice, event.model), at: withoutProblem(state.at) };
    case "trying":
      return { ...state, choice: { ...state.choice, trying: [...state.choice.trying, event.id] } };
    case "tried":
      return { ...state, choice: tried(state.choice, event.trial) };

    case "repairing":
      return repairing(state);
    case "planning":
      return planning(state, event);
    case "planned":
      return state.at.screen === "review" ? { ...state, at: { ...state.at, plan: event.plan } } : state;
    case "plan-failed":
      return state.at.screen === "review" ? { ...state, at: { ...state.at, problem: event.finding } } : state;
    case "applying":
      return {
        ...state,
        run: state.run + 1,
        at: { screen: "apply", task: "set-up", steps: stepsAhead(state.at, event.restart), phases: [] },
      };
    case "egress-set":
      return { ...state, egress: event.hosts };
    case "undoing":
      return { ...state, run: state.run + 1, at: { screen: "apply", task: "undo", steps: [], phases: [] } };
    case "phase":
      return phased(state, event);
    case "not-waiting":
      return notWaiting(state);
    case "applied":
      // It may come after somebody stopped waiting for it: then it completes what they see, and nothing else.
      if (state.at.screen !== "apply" && state.at.screen !== "result") return state;
      return nextOffer({ ...state, at: { screen: "result", report: event.report, problem: null } });
    case "undone":
      return nextOffer({ ...state, at: { screen: "undone", report: event.report } });

    case "replace-key":
      return freshKey(state);
    case "change-models":
      return storedKey(state);
    case "by-hand":
      return { ...state, at: { screen: "manual", from: state.at } };
    case "preset-opened":
      return offered(state, event.offer);
    case "preset-answered":
      return answered(state, event);
    case "to-doctor":
    case "examined":
    case "report-shown":
    case "report-saved":
    case "claude-told":
      return doctored(state, event);
    case "to-start":
      return { ...state, at: firstStep(state.overview) };
    case "start-over":
      return { ...freshKey(state), choice: { ids: [], every: false, added: [], trying: [], trials: [] }, at: startAt(state) };
  }
}

/** The overview may open the flow, or close it, only while nothing has been given yet. */
function looked(state: State): State {
  if (state.at.screen === "prepare" && !state.overview.blocked) return { ...state, at: firstStep(state.overview) };
  return state;
}

/** A preset is shown wherever one is, except in the middle of writing. */
function offered(state: State, offer: Offer): State {
  const { at } = state;
  if (at.screen === "apply") return { ...state, waiting: offer };
  return { ...state, waiting: null, at: { screen: "preset", offer, from: at.screen === "preset" ? at.from : at, problem: null } };
}

/** Once nothing is written any more, what waited meanwhile is shown; the way back leads to what came of it. */
function nextOffer(state: State): State {
  return state.waiting ? offered(state, state.waiting) : state;
}

/** With another gateway everything begins anew; otherwise the flow goes on where it was. */
function answered(state: State, { used, start }: Extract<FlowEvent, { type: "preset-answered" }>): State {
  if (state.at.screen !== "preset") return state;
  if (!used) return { ...state, at: state.at.from };
  const { overview, preset } = start;
  const isConnected = overview.status?.base === preset.base;
  return {
    ...begin({ ...start, locale: state.locale }),
    run: state.run + 1,
    at: isConnected ? { screen: "status", problem: null } : startAt({ ...state, overview }),
  };
}

function back(state: State): State {
  switch (state.at.screen) {
    case "key":
      if (state.check.at === "running" || !state.overview.status) return state;
      return { ...state, at: { screen: "status", problem: null } };
    case "models":
      return { ...state, at: { screen: "key", reading: false, problem: null } };
    case "review":
      return { ...state, run: state.run + 1, at: beforeReview(state, state.at.cameFrom) };
    case "undone":
      return { ...state, at: firstStep(state.overview) };
    case "manual":
    case "doctor":
      return { ...state, run: state.run + 1, at: state.at.from };
    default:
      return state;
  }
}

function beforeReview(state: State, cameFrom: "models" | "status" | "result"): Step {
  const hasModels = state.check.at === "done" && state.check.report?.passed === true;
  if (cameFrom !== "status" && hasModels) return { screen: "models", problem: null };
  return firstStep(state.overview);
}

/** What was written is written again: nothing that was chosen meanwhile counts, and the program knows the rest. */
function repairing(state: State): State {
  const { status } = state.overview;
  const choice = status ? { ...state.choice, ids: status.models, every: status.models.length === 0 } : state.choice;
  return { ...state, choice, egress: null, at: { screen: "status", problem: null } };
}

function planning(state: State, { staticKey, carryOver }: Extract<FlowEvent, { type: "planning" }>): State {
  const { at } = state;
  const cameFrom = at.screen === "review" ? at.cameFrom : at.screen === "status" || at.screen === "result" ? at.screen : "models";
  return {
    ...state,
    staticKey,
    carryOver,
    run: state.run + 1,
    at: { screen: "review", plan: null, problem: null, cameFrom },
  };
}

function stepsAhead(at: Step, restart: boolean): readonly StepId[] {
  const steps = at.screen === "review" ? (at.plan?.steps ?? []) : [];
  return restart ? steps : steps.filter((step) => !STARTS_CLAUDE.includes(step));
}

function phased(state: State, event: Extract<FlowEvent, { type: "phase" }>): State {
  if (state.at.screen !== "apply") return state;
  const others = state.at.phases.filter((phase) => phase.step !== event.phase.step);
  const known = others.length < state.at.phases.length;
  const phases = known
    ? state.at.phases.map((phase) => (phase.step === event.phase.step ? event.phase : phase))
    : [...others, event.phase];
  return { ...state, at: { ...state.at, phases } };
}

/** What is known without the proof: everything is written, and Claude has not confirmed it yet. */
function notWaiting(state: State): State {
  if (!isProving(state.at)) return state;
  const { phases } = state.at;
  const report: ApplyReport = { outcome: "unproved", phases: [...phases], findings: [NOT_WAITED_FOR], proof: null, static_key_may_help: false };
  return { ...state, at: { screen: "result", report, problem: null } };
}

/** Something outside the steps went wrong: it is told on the screen on which it happened. */
function troubled(state: State, { finding }: Extract<FlowEvent, { type: "trouble" }>): State {
  switch (state.at.screen) {
    case "key":
    case "models":
    case "review":
    case "status":
    case "preset":
    case "doctor":
      return { ...state, at: { ...state.at, problem: finding } };
    case "apply":
      if (state.at.task === "undo") {
        return nextOffer({ ...state, at: { screen: "undone", report: { goal: "before", undone: false, unfinished: false, restored: [], left: [], findings: [finding] } } });
      }
      // Whether something was written is not known here, so nothing may claim that it was or was not.
      return nextOffer({ ...state, at: { screen: "result", report: null, problem: finding } });
    default:
      return state;
  }
}

function freshKey(state: State): State {
  return {
    ...state,
    key: null,
    keyIsStored: false,
    check: { at: "idle" },
    run: state.run + 1,
    at: { screen: "key", reading: false, problem: null },
  };
}

/** The key of the earlier set-up is used again, at the address for which it was given. */
function storedKey(state: State): State {
  const status = state.overview.status;
  if (!status?.key) return freshKey(state);
  const isPreset = status.base === state.start.preset.base;
  return {
    ...freshKey(state),
    key: { face: status.key, notes: [], address: null },
    keyIsStored: true,
    address: isPreset ? null : { base: status.base, host: status.host, changes: [], is_preset: false },
    scheme: status.scheme,
    staticKey: status.key_place === "profile",
    choice: { ...state.choice, ids: status.models, every: status.models.length === 0 },
  };
}

function startAt(state: State): Step {
  return state.overview.blocked ? { screen: "prepare" } : { screen: "key", reading: false, problem: null };
}

function withoutProblem(at: Step): Step {
  return at.screen === "models" ? { ...at, problem: null } : at;
}
