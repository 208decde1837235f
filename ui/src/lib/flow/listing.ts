// Long lists of models: found by words, in families, each family under its name.

import type { DropReason } from "../bindings/DropReason";
import type { OfferedModel } from "../bindings/OfferedModel";
import { TIERS } from "../bindings/rules";
import type { Tier } from "../bindings/Tier";

export type ModelRow =
  | { readonly key: string; readonly tier: Tier | "none"; readonly size: number; readonly model?: undefined }
  | { readonly key: string; readonly model: OfferedModel };

/** Those in whose id or name every word of the search stands. */
export function found(models: readonly OfferedModel[], search: string): readonly OfferedModel[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return models;
  return models.filter((model) => {
    const text = `${model.id} ${model.display_name ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A heading for each family that has models, and its models below. */
export function byTier(models: readonly OfferedModel[]): readonly ModelRow[] {
  const families = new Map<Tier | "none", OfferedModel[]>([...TIERS, "none" as const].map((tier) => [tier, []]));
  for (const model of models) families.get(model.tier ?? "none")?.push(model);
  return [...families].flatMap(([tier, own]): ModelRow[] =>
    own.length === 0 ? [] : [{ key: `tier ${tier}`, tier, size: own.length }, ...own.map((model) => ({ key: model.id, model }))],
  );
}

export type DroppedRow = { readonly key: string; readonly model: OfferedModel; readonly reason: DropReason };

/** Those that Claude would not show, the same reasons together. */
export function byReason(models: readonly OfferedModel[]): readonly DroppedRow[] {
  const rows = models.flatMap((model): DroppedRow[] => (model.dropped ? [{ key: model.id, model, reason: model.dropped }] : []));
  const word = ({ reason }: DroppedRow) => `${reason.kind} ${"word" in reason ? reason.word : ""}`;
  return rows.sort((one, other) => word(one).localeCompare(word(other), "en"));
}
