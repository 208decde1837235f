// What the words of a finding may speak of: the gateway by its name, and the facts that were found. They
// are written as templates, so that the window, the command line and the report say the same of the same
// facts (`words.rs` reads them, too): `{name}` is a fact; `{gateway}`, `{gateway.host}` and
// `{gateway.base}` are the gateway's name, host and address. Of `[one|other|last]` the first is said whose
// facts are known. `cases` are said instead where a fact has a certain value.

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

export function factsOf(finding: Pick<Finding, "evidence">, place: Omit<Facts, "of">): Facts {
  return { ...place, of: (name) => finding.evidence.find((fact) => fact.name === name)?.value ?? "" };
}

export type FindingTemplate = FindingWords & {
  /** By the fact's name and its value. */
  readonly cases?: Readonly<Record<string, Readonly<Record<string, Partial<FindingWords>>>>>;
};

export type FindingTemplates = Readonly<Record<Code, FindingTemplate>>;

/** What is said of each finding, given its facts. */
export function teller(templates: FindingTemplates): (facts: Facts) => Record<Code, FindingWords> {
  return (facts) => Object.fromEntries(Object.entries(templates).map(([code, template]) => [code, tell(template, facts)])) as Record<Code, FindingWords>;
}

function tell({ cases = {}, ...general }: FindingTemplate, facts: Facts): FindingWords {
  const said = Object.entries(cases).reduce<FindingWords>((words, [name, values]) => ({ ...words, ...values[facts.of(name)] }), general);
  return { title: fill(said.title, facts), meaning: fill(said.meaning, facts), action: fill(said.action, facts) };
}

function fill(template: string, facts: Facts): string {
  const place: Record<string, string> = { gateway: facts.gateway, "gateway.host": facts.host, "gateway.base": facts.base };
  const value = (name: string) => place[name] ?? facts.of(name);
  const isKnown = (text: string) => [...text.matchAll(/\{(.+?)\}/g)].every((match) => value(match[1] ?? ""));
  return template
    .replace(/\[(.*?)\]/g, (_, choice: string) => choice.split("|").find(isKnown) ?? "")
    .replace(/\{(.+?)\}/g, (_, name: string) => value(name));
}
