import { readFileSync, readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { Code } from "../../src/lib/bindings/Code";
import { loadWords, LOCALES } from "../../src/lib/words";
import type { Facts } from "../../src/lib/words/facts";
import { findings as templatesEn } from "../../src/lib/words/findings.en";
import { findings as templatesZhCN } from "../../src/lib/words/findings.zh-CN";
import { pseudo } from "../../src/lib/words/pseudo";
import { terminalEn } from "../../src/lib/words/terminal.en";
import { terminalZhCN } from "../../src/lib/words/terminal.zh-CN";

const zh = await loadWords("zh-CN");
const en = await loadWords("en");

const facts = (found: Record<string, string> = {}): Facts => ({
  gateway: "Nimbus",
  host: "gate.example",
  base: "https://gate.example/claude",
  os: "windows",
  of: (name) => found[name] ?? "",
});

/** Every text of a tree with its place; functions are called with a sample of each parameter. */
function texts(tree: unknown, place = ""): [string, string][] {
  if (typeof tree === "string") return [[place, tree]];
  if (typeof tree === "function") {
    if (place === ".findings") return texts(zh.findings === tree || en.findings === tree ? (tree as typeof zh.findings)(facts()) : {}, place);
    const sample = place.includes("keyPlaces") ? ["windows"] : place.includes("forIt") ? [facts(), "AR-110"] : [3, "x"];
    return texts((tree as (...values: unknown[]) => unknown)(...sample), `${place}()`);
  }
  return Object.entries(tree as object).flatMap(([name, value]) => texts(value, `${place}.${name}`));
}

/** The shape of a tree: names, kinds and numbers of parameters. */
function shape(tree: unknown): unknown {
  if (typeof tree === "function") return `function of ${tree.length}`;
  if (typeof tree === "string") return "text";
  return Object.fromEntries(Object.entries(tree as object).map(([name, value]) => [name, shape(value)]));
}

describe("the words", () => {
  it("are listed in one place, for every language that the program can ask for", async () => {
    const source = readFileSync(new URL("../../src/lib/bindings/Locale.ts", import.meta.url), "utf8");
    const tags = [...source.matchAll(/"([\w-]+)"/g)].map((match) => match[1]).filter((tag) => !tag?.includes("/"));
    expect([...LOCALES].sort()).toEqual(tags.sort());
    for (const locale of LOCALES) expect((await loadWords(locale)).language).not.toBe("");
  });

  it("have the same shape in both languages", () => {
    // A function may leave out a parameter that its language does not need.
    const loose = (tree: unknown) => JSON.parse(JSON.stringify(shape(tree)).replaceAll(/function of \d/g, "function")) as unknown;
    expect(loose(en)).toEqual(loose(zh));
    expect(shape(templatesEn)).toEqual(shape(templatesZhCN));
  });

  it("are never empty", () => {
    for (const words of [zh, en, terminalZhCN, terminalEn]) {
      const empty = texts(words).filter(([, text]) => text.trim() === "");
      expect(empty).toEqual([]);
    }
  });

  it("use full-width punctuation after Han characters and no typed gaps", () => {
    const wrong = [...texts(zh), ...texts(terminalZhCN)].filter(
      ([, text]) => /\p{Script=Han}[,.;:!?()]/u.test(text) || /\p{Script=Han} [A-Za-z0-9]|[A-Za-z0-9] \p{Script=Han}/u.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it("are calm", () => {
    for (const words of [zh, en, terminalZhCN, terminalEn]) {
      expect(texts(words).filter(([, text]) => /[!！]/.test(text))).toEqual([]);
    }
    expect(texts(zh).filter(([place, text]) => text.includes("你") && place !== ".result.question")).toEqual([]);
  });

  it("name the gateway as its preset does", () => {
    const tables = [zh, en].map((words) => JSON.stringify(words.findings(facts())));
    for (const table of tables) {
      expect(table).not.toContain("AIRouter");
      expect(table).toContain("Nimbus");
    }
    for (const words of [zh, en]) {
      expect(texts(words).filter(([, text]) => text.includes("AIRouter"))).toEqual([]);
    }
  });

  it("know every code that Rust knows, and no other", () => {
    const source = readFileSync(new URL("../../src/lib/bindings/Code.ts", import.meta.url), "utf8");
    const codes = [...source.matchAll(/"(AR-\d{3})"/g)].map((match) => match[1] as Code);
    expect(codes.length).toBeGreaterThan(80);
    for (const words of [zh, en]) expect(Object.keys(words.findings(facts())).sort()).toEqual([...codes].sort());
  });

  // The command line and the report speak the same sentences. `npx vitest run -u` writes them anew.
  it("are the command line's too", async () => {
    const table = JSON.stringify({ "zh-CN": templatesZhCN, en: templatesEn }, null, 2);
    await expect(`${table}\n`).toMatchFileSnapshot("../../../src-tauri/crates/core/src/words.json");
  });

  // `plain` is what people read in general and in each case; the handbooks are written from it.
  it("say the same there of the same facts", async () => {
    const place = { gateway: "AIRouter", host: "aigc.aochengcloud.com", base: "https://aigc.aochengcloud.com/claude", os: "linux" } as const;
    const sample = (code: Code, found: Record<string, string>) => {
      const words = (language: typeof zh) => language.findings({ ...place, of: (name) => found[name] ?? "" })[code];
      return { code, facts: found, "zh-CN": words(zh), en: words(en) };
    };
    const codes = Object.keys(templatesZhCN) as Code[];
    const cases = (code: Code) => Object.entries(templatesZhCN[code].cases ?? {}).flatMap(([name, values]) => Object.keys(values).map((value) => ({ [name]: value })));
    const plain = codes.flatMap((code) => [{}, ...cases(code)].map((found) => sample(code, found)));
    // What others wrote must not be taken for a template.
    const value = (name: string) => ({ [name]: `<${name}> {gateway} [one|other] $&` });
    const odd = codes.flatMap((code) => {
      const holes = JSON.stringify([templatesZhCN[code], templatesEn[code]]).matchAll(/\{([a-z_]+)\}/g);
      const names = new Set([...holes].map((match) => match[1] ?? "").filter((name) => name !== "gateway"));
      const single = [...names].map(value);
      const all = Object.assign({}, ...single) as Record<string, string>;
      return names.size > 0 ? [...single, ...[{}, ...cases(code)].map((found) => ({ ...all, ...found }))].map((found) => sample(code, found)) : [];
    });
    await expect(`${JSON.stringify({ plain, odd }, null, 1)}\n`).toMatchFileSnapshot("../../../src-tauri/crates/core/src/said.json");
  });

  it("have the same names in the command line", async () => {
    const labels = ({ owners, severities, rehearsal: { groups, headings } }: typeof zh) => ({ owners, severities, groups, headings });
    const named = JSON.stringify({ "zh-CN": labels(zh), en: labels(en) }, null, 2);
    await expect(`${named}\n`).toMatchFileSnapshot("../../../src-tauri/crates/cli/src/labels.json");
  });

  it("name the command line's things as the window does", async () => {
    const of = (words: typeof zh, { unchanged, exported, dryRun, ...terminal }: typeof terminalZhCN) => ({
      lamps: words.lamps.names,
      states: words.lamps.states,
      tiers: words.tiers,
      drops: Object.fromEntries(Object.entries(words.dropReasons).map(([kind, why]) => [kind, why("{word}")])),
      roles: words.review.roles,
      steps: words.steps,
      outcomes: {
        ...Object.fromEntries(Object.entries(words.result.titles).map(([outcome, title]) => [outcome, title("{gateway}")])),
        unchanged,
        exported,
        "dry-run": dryRun,
      },
      terminal,
    });
    const table = JSON.stringify({ "zh-CN": of(zh, terminalZhCN), en: of(en, terminalEn) }, null, 2);
    await expect(`${table}\n`).toMatchFileSnapshot("../../../src-tauri/crates/cli/src/terms.json");
  });

  const reasons =
    "empty too-short placeholder masked inner-space not-ascii only-address other-vendor doubled several control-characters too-long truncated sign-in-token no-key";
  it.each(reasons.split(" "))("tell apart a pasted text that is no key because it is %s", (reason) => {
    for (const words of [zh, en]) {
      const said = words.findings(facts({ reason, vendor: "Anthropic" }))["AR-401"];
      const general = words.findings(facts())["AR-401"];
      expect(said.title).not.toBe(general.title);
      if (reason === "other-vendor") expect(said.title).toContain("Anthropic");
    }
  });

  const addressReasons = "empty credentials scheme several host-without-dot look-alike borrowed-name misspelt-host";
  it.each(addressReasons.split(" "))("tell apart a typed text that is no address because it is %s", (reason) => {
    for (const words of [zh, en]) {
      const said = words.findings(facts({ reason }))["AR-301"];
      expect(said).not.toEqual(words.findings(facts())["AR-301"]);
    }
  });

  it("have a made-up language that is longer by two fifths", () => {
    const longer = pseudo(en);
    expect(longer.common.finish.length).toBeGreaterThanOrEqual(Math.ceil(en.common.finish.length * 1.4));
    expect(longer.key.title("Nimbus")).toContain("Nimbus");
    expect(longer.findings(facts())["AR-402"].title).toContain("~");
  });
});

describe("the scripts of a rehearsal", () => {
  const source = new URL("../../../src-tauri/crates/practice/src/scenarios.json", import.meta.url);
  type Script = { title: string; customer: string; supporter: string[]; end: string };
  const scenarios = JSON.parse(readFileSync(source, "utf8")) as { id: string; group: string; "zh-CN": Script; en: Script }[];
  const lines = ({ title, customer, supporter, end }: Script) => [title, customer, ...supporter, end];

  it("use full-width punctuation after Han characters and no typed gaps", () => {
    const wrong = scenarios
      .flatMap((each) => lines(each["zh-CN"]))
      .filter((text) => /\p{Script=Han}[,.;:!?()]/u.test(text) || /\p{Script=Han} [A-Za-z0-9]|[A-Za-z0-9] \p{Script=Han}/u.test(text));
    expect(wrong).toEqual([]);
  });

  it("are polite and name no gateway", () => {
    for (const { "zh-CN": chinese, en: english } of scenarios) {
      const all = [...lines(chinese), ...lines(english)].join("\n");
      expect(all).not.toMatch(/AIRouter|[!！]/);
      expect(lines(chinese).join("\n").replaceAll("你们", "")).not.toContain("你");
    }
  });

  it("belong to groups that have a name", () => {
    for (const words of [zh, en]) expect(Object.keys(words.rehearsal.groups)).toEqual([...new Set(scenarios.map((each) => each.group))]);
  });
});

describe("the screens", () => {
  it("write no words of their own", () => {
    const folders = ["../../src/screens/", "../../src/parts/"].map((folder) => new URL(folder, import.meta.url));
    const own = folders.flatMap((folder) =>
      readdirSync(folder).filter((file) => {
        const markup = readFileSync(new URL(file, folder), "utf8").replaceAll(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, "");
        return /\p{Script=Han}/u.test(markup) || /\sstyle[=:]/.test(markup);
      }),
    );
    expect(own).toEqual([]);
  });
});
