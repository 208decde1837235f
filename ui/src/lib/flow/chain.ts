// The check as a chain: this computer, the way, the gateway, the way behind it, the model. Lamps say
// what was asked; the chain says where on the way it ended.

import type { Lamp } from "../bindings/Lamp";
import type { LampId } from "../bindings/LampId";
import type { LampState } from "../bindings/LampState";
import type { Owner } from "../bindings/Owner";
import type { State } from "./state";

/** The way to the gateway, being let in, and the way to the model. */
export type Stage = "way" | "gate" | "model";

export type Chain = {
  readonly states: Readonly<Record<Stage, LampState>>;
  /** Where it is broken first, and whose that is. */
  readonly broken: { readonly stage: Stage; readonly owner: Owner | null } | null;
};

const STAGES: Readonly<Record<Stage, readonly LampId[]>> = {
  way: ["address"],
  gate: ["key", "models"],
  model: ["answer", "streaming", "tools"],
};

export const ORDER: readonly Stage[] = ["way", "gate", "model"];

/** Of several lamps, the one that decides what is shown. */
const WEIGHT: readonly LampState[] = ["failed", "running", "warning", "not-tested", "waiting", "ok"];

export function chainOf(lamps: readonly Lamp[]): Chain {
  const of = (stage: Stage) => lamps.filter((lamp) => STAGES[stage].includes(lamp.id));
  const states = Object.fromEntries(
    ORDER.map((stage) => {
      const seen = of(stage).map((lamp) => lamp.state);
      return [stage, WEIGHT.find((state) => seen.includes(state)) ?? "waiting"];
    }),
  ) as Record<Stage, LampState>;
  const stage = ORDER.find((each) => states[each] === "failed");
  if (!stage) return { states, broken: null };
  const finding = of(stage).find((lamp) => lamp.state === "failed")?.finding;
  return { states, broken: { stage, owner: finding?.owner ?? null } };
}

/** A proxy is on the way: one that was typed, or one that the last check is known to have used. */
export function goesByProxy(state: State): boolean {
  if (state.proxy !== null) return true;
  const layers = state.check.at === "done" ? (state.check.report?.layers ?? []) : [];
  return layers.some((layer) => layer.id === "proxy" && layer.facts.some((fact) => fact.name === "proxy"));
}
