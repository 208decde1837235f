// What helps with a finding, looked up in core's tables. A finding whose remedy is outside this program has
// none: its words say what to do.

import type { Code } from "./bindings/Code";
import type { ItNote } from "./bindings/ItNote";
import type { Remedy } from "./bindings/Remedy";
import { AVOIDED_BY_STATIC_KEY, IT_NOTES, REMEDIES } from "./bindings/rules";

export type { Remedy };

export function remedyOf(code: Code): Remedy | null {
  return (Object.keys(REMEDIES) as Remedy[]).find((remedy) => REMEDIES[remedy][0].includes(code)) ?? null;
}

/** Not every preset has the console that some remedies need. */
export function isPossible(remedy: Remedy, hasConsole: boolean): boolean {
  return hasConsole || REMEDIES[remedy][2] === 0;
}

/** Its button, not another try, is what helps: the screen's main button then. */
export function leadsOn(code: Code | undefined, hasConsole: boolean): boolean {
  const remedy = code ? remedyOf(code) : null;
  return remedy !== null && REMEDIES[remedy][1] === 1 && isPossible(remedy, hasConsole);
}

/** What a note for the company's administrators is about. */
export function noteOf(code: Code): ItNote {
  return IT_NOTES.policy.includes(code) ? "policy" : "network";
}

/** Compatibility mode gets round it. */
export function staticKeyHelps(code: Code): boolean {
  return AVOIDED_BY_STATIC_KEY.includes(code);
}
