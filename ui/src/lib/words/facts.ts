// What the words of a finding may speak of: the gateway by its name, and the facts that were found.

import type { Code } from "../bindings/Code";
import type { Finding } from "../bindings/Finding";
import type { Os } from "../bindings/Os";

export type Facts = {
  readonly gateway: string;
  readonly host: string;
  readonly base: string;
  readonly os: Os;
  /** A fact by its name, empty when it was not found. */
  readonly of: (name: string) => string;
};

export type FindingWords = {
  readonly title: string;
  readonly meaning: string;
  /** The one thing to do. */
  readonly action: string;
};

export type FindingTable = (facts: Facts) => Record<Code, FindingWords>;

export function factsOf(finding: Finding, place: Omit<Facts, "of">): Facts {
  return { ...place, of: (name) => finding.evidence.find((fact) => fact.name === name)?.value ?? "" };
}
