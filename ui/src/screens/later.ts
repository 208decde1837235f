// The screens that do not come with the window, in one file of their own: only the first ones do, and
// these are read when the flow leads there, or when there is nothing else to do.

import type { Component } from "svelte";

import type { Screen } from "../lib/flow/state";
import Apply from "./Apply.svelte";
import Doctor from "./Doctor.svelte";
import Manual from "./Manual.svelte";
import Models from "./Models.svelte";
import Preset from "./Preset.svelte";
import Result from "./Result.svelte";
import Review from "./Review.svelte";
import Status from "./Status.svelte";
import Undone from "./Undone.svelte";

// What is shown where the window cannot even begin.
export { default as Fault } from "./Fault.svelte";

type Later = Exclude<Screen, "key" | "prepare">;

/** The flow leads to a screen by the step of that name, and gives it that step. */
export const later: Readonly<Record<Later, Component<never>>> = {
  models: Models,
  review: Review,
  apply: Apply,
  result: Result,
  status: Status,
  undone: Undone,
  preset: Preset,
  doctor: Doctor,
  manual: Manual,
};
