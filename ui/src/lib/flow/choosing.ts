// Choosing models. The order matters: the first is what Claude starts with.

import type { ModelTrial } from "../bindings/ModelTrial";
import type { OfferedModel } from "../bindings/OfferedModel";
import type { Choice } from "./state";

export function picked(choice: Choice, id: string, on: boolean): Choice {
  const others = choice.ids.filter((other) => other !== id);
  return { ...choice, ids: on ? [...others, id] : others };
}

export function defaulted(choice: Choice, id: string): Choice {
  if (!choice.ids.includes(id)) return choice;
  return { ...choice, ids: [id, ...choice.ids.filter((other) => other !== id)] };
}

export function moved(choice: Choice, id: string, by: -1 | 1): Choice {
  const from = choice.ids.indexOf(id);
  const to = from + by;
  const other = choice.ids[to];
  if (from < 0 || other === undefined) return choice;
  return { ...choice, ids: choice.ids.map((each, index) => (index === from ? other : index === to ? id : each)) };
}

/** A hand-typed model that Claude would show is chosen at once; another is kept only to say why not. */
export function added(choice: Choice, model: OfferedModel): Choice {
  const known = choice.added.filter((other) => other.id !== model.id);
  const withIt = { ...choice, added: [...known, model] };
  return model.dropped === null && !choice.ids.includes(model.id) ? picked(withIt, model.id, true) : withIt;
}

export function tried(choice: Choice, trial: ModelTrial): Choice {
  return {
    ...choice,
    trying: choice.trying.filter((id) => id !== trial.id),
    trials: [...choice.trials.filter((other) => other.id !== trial.id), trial],
  };
}
