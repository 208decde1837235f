// Everything that axe-core finds, and what it leaves to people: contrast that it cannot decide counts as
// a fault, unless it is decided here.

import axe, { type NodeResult } from "axe-core";

const LEAST_CONTRAST = 4.5;

/** Undecided, and no fault: an empty field has no text, and of a single sign nobody knows whether it is one. */
const NO_TEXT = ["pseudoContent", "emptyInput", "shortTextContent"];

export async function access(): Promise<string[]> {
  // Only the rules of level AAA stay away: they contradict their own level AA, as a contrast of 7 does.
  const rules = Object.fromEntries(axe.getRules().map(({ ruleId, tags }) => [ruleId, { enabled: !tags.includes("wcag2aaa") }]));
  const restore = asDrawn();
  const found = await axe.run(document, { rules, resultTypes: ["violations", "incomplete"] });
  restore();
  const undecided = found.incomplete.flatMap(({ id, nodes }) => (id === "color-contrast" ? nodes.filter((node) => !isDecided(node)) : []));
  return [
    ...found.violations.flatMap(({ id, nodes }) => nodes.map((node) => say(id, node))),
    ...undecided.map((node) => say("contrast", node)),
  ];
}

/** Lets axe see each text on its ground and in its colour, until it has looked. */
function asDrawn(): () => void {
  const changed: [HTMLElement, string][] = [];
  const change = (element: HTMLElement, name: string, value: string) => {
    element.style.setProperty(name, value, "important");
    changed.push([element, name]);
  };
  const isForced = matchMedia("(forced-colors: active)").matches;
  for (const element of document.querySelectorAll<HTMLElement>("body *")) {
    const { position, color } = getComputedStyle(element);
    // What stays above the rest hides the ground of a text; a dialog does so rightly.
    if (["sticky", "fixed"].includes(position) && element.localName !== "dialog") change(element, "position", "static");
    // axe reads the colour that letters are filled with, and Chromium forces it without saying so.
    if (isForced) change(element, "-webkit-text-fill-color", color);
  }
  return () => changed.forEach(([element, name]) => element.style.removeProperty(name));
}

function isDecided(node: NodeResult): boolean {
  const why = (node.any[0]?.data as { messageKey?: string } | undefined)?.messageKey ?? "";
  const element = document.querySelector(node.target.join(" "));
  if (why === "bgGradient" && element) return gradientContrasts(element).every((contrast) => contrast >= LEAST_CONTRAST);
  return NO_TEXT.includes(why);
}

/** The contrast of a text with each colour of the gradient that it stands on. */
function gradientContrasts(element: Element): number[] {
  const text = luminance(getComputedStyle(element).color);
  let ground: Element | null = element;
  while (ground && getComputedStyle(ground).backgroundImage === "none") ground = ground.parentElement;
  const colours = ground ? getComputedStyle(ground).backgroundImage.match(/rgba?\([^)]+\)/g) : null;
  // Without a colour that can be read there is nothing to be sure of.
  return (colours ?? []).length === 0 ? [0] : (colours ?? []).map((colour) => contrast(text, luminance(colour)));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function say(rule: string, node: NodeResult): string {
  const why = [...node.any, ...node.all, ...node.none][0]?.message ?? "";
  return `${rule}: ${node.target.join(" ")}: ${why}`;
}
