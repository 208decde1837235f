// The screens that do not come with the window: only the first ones do, and each other is read when the
// road leads there, or when there is nothing else to do.

import type { Component } from "svelte";

import type { Screen, Step } from "../lib/road/state";

/** A screen, which is only ever given its own kind of step. */
export type Part = Component<{ at: Step }>;
type Later = Exclude<Screen, "key" | "prepare">;

/** The road leads to a screen by the step of that name; that they fit is what the names say. */
const part = (read: () => Promise<{ default: unknown }>) => async () => (await read()).default as Part;

export const LATER: Readonly<Record<Later, () => Promise<Part>>> = {
  models: part(() => import("./Models.svelte")),
  review: part(() => import("./Review.svelte")),
  apply: part(() => import("./Apply.svelte")),
  result: part(() => import("./Result.svelte")),
  status: part(() => import("./Status.svelte")),
  undone: part(() => import("./Undone.svelte")),
  preset: part(() => import("./Preset.svelte")),
  doctor: part(() => import("./Doctor.svelte")),
  manual: part(() => import("./Manual.svelte")),
};

export async function readAll(): Promise<Record<Later, Part>> {
  const read = Object.entries(LATER).map(async ([screen, one]) => [screen, await one()] as const);
  return Object.fromEntries(await Promise.all(read)) as Record<Later, Part>;
}
