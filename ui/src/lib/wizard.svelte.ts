// The wizard: one state, and the verbs that a person has. Verbs ask the program and tell the flow what
// came of it; how the flow turns is decided in `next` alone.

import type { AddressView } from "./bindings/AddressView";
import type { AuthScheme } from "./bindings/AuthScheme";
import type { Finding } from "./bindings/Finding";
import type { KeyView } from "./bindings/KeyView";
import type { Locale } from "./bindings/Locale";
import type { MadePreset } from "./bindings/MadePreset";
import type { Page } from "./bindings/Page";
import type { Start } from "./bindings/Start";
import type { UndoGoal } from "./bindings/UndoGoal";
import { asFinding, type Backend } from "./backend/backend";
import type { FlowEvent } from "./flow/events";
import { next } from "./flow/next";
import { addressOf, begin, checkWishes, setupWishes, type State } from "./flow/state";
import { loadWords, type Words } from "./words";
import { factsOf, type Facts } from "./words/facts";

export { next };

export class Wizard {
  /** Raw: states are values that are replaced, never changed. */
  state: State;
  /** Always those of the state's language. */
  words: Words;
  readonly #backend: Backend;
  #settling: Promise<void> = Promise.resolve();
  #addressFault: Finding | null = null;

  constructor(backend: Backend, start: Start, words: Words) {
    this.#backend = backend;
    this.state = $state.raw(begin(start));
    this.words = $state.raw(words);
    void this.#try(backend.awaitPreset((offer) => this.send({ type: "preset-opened", offer })));
  }

  /** What the words of a finding may speak of. */
  factsOf(finding: Finding): Facts {
    const { preset, os } = this.state.start;
    // The recommended base is the preset's; the host is the one that was really asked.
    return factsOf(finding, { gateway: preset.name, base: preset.base, host: addressOf(this.state).host, os });
  }

  send(event: FlowEvent): void {
    this.state = next(this.state, event);
  }

  /** A question whose answer is not awaited by any step; if it fails, the screen says so. */
  async #try(asking: Promise<unknown>): Promise<void> {
    try {
      await asking;
    } catch (thrown) {
      this.send({ type: "trouble", finding: asFinding(thrown) });
    }
  }

  async look(): Promise<void> {
    try {
      this.send({ type: "looked", overview: await this.#backend.look() });
    } catch {
      // Looking is repeated; one look that fails changes nothing that is shown.
    }
  }

  async speak(locale: Locale): Promise<void> {
    this.words = await loadWords(locale);
    this.send({ type: "locale", locale });
    await this.#try(this.#backend.rememberLocale(locale));
  }

  open(page: Page): Promise<void> {
    return this.#try(this.#backend.openPage(page));
  }

  /** Hands a pasted text to the program. It tells whether a key was found; the text is not kept. */
  async readKey(text: string): Promise<KeyView | null> {
    await this.#stopRunningCheck();
    this.send({ type: "key-reading" });
    const run = this.state.run;
    try {
      const view = await this.#backend.readKey(text);
      this.send({ type: "key-read", run, view });
      return run === this.state.run ? view : null;
    } catch (thrown) {
      this.send({ type: "key-refused", run, finding: asFinding(thrown) });
      return null;
    }
  }

  async #stopRunningCheck(): Promise<void> {
    if (this.state.check.at === "running") await this.#try(this.#backend.cancelCheck());
  }

  /** Reads a typed address; `null` goes back to the preset's. */
  setAddress(text: string | null): Promise<void> {
    this.#settling = this.#readAddress(text);
    return this.#settling;
  }

  async #readAddress(text: string | null): Promise<void> {
    await this.#stopRunningCheck();
    try {
      const address = text === null ? null : await this.#backend.readAddress(text);
      this.#addressFault = null;
      // Where another address stood with the key, the preset's own has to be named, too.
      const isUsual = address?.is_preset && address.changes.length === 0 && !this.state.key?.address;
      this.send({ type: "address-set", address: isUsual ? null : address });
    } catch (thrown) {
      this.#addressFault = asFinding(thrown);
      this.send({ type: "trouble", finding: this.#addressFault });
    }
  }

  /** Takes an address that stood beside a pasted key, once the person has said yes to it. */
  useFoundAddress(address: AddressView): void {
    this.#addressFault = null;
    this.send({ type: "address-set", address: address.is_preset ? null : address });
  }

  async setScheme(scheme: AuthScheme | null): Promise<void> {
    await this.#stopRunningCheck();
    this.send({ type: "scheme-set", scheme });
  }

  /** Takes a proxy as it was typed; an empty field means the system's. Whether it is one, the check says. */
  async setProxy(typed: string): Promise<void> {
    await this.#stopRunningCheck();
    this.send({ type: "proxy-set", proxy: typed.trim() || null });
  }

  async check(): Promise<void> {
    // Leaving the address field and pressing the button are one click: the address comes first, and a
    // key is not sent anywhere while the field holds an address that could not be read.
    await this.#settling;
    if (this.#addressFault) {
      this.send({ type: "trouble", finding: this.#addressFault });
      return;
    }
    this.send({ type: "check-began" });
    const run = this.state.run;
    try {
      const report = await this.#backend.check(checkWishes(this.state), (lamp) => this.send({ type: "lamp", run, lamp }));
      this.send({ type: "checked", run, report });
    } catch (thrown) {
      this.send({ type: "check-failed", run, finding: asFinding(thrown) });
    }
  }

  async stopCheck(): Promise<void> {
    this.send({ type: "check-stopping" });
    await this.#try(this.#backend.cancelCheck());
  }

  /** Rejects with a finding for the field. */
  async addModel(id: string): Promise<boolean> {
    const model = await this.#backend.addModel(id);
    this.send({ type: "added", model });
    if (model.dropped === null) void this.tryModel(model.id);
    return model.dropped === null;
  }

  async tryModel(id: string): Promise<void> {
    this.send({ type: "trying", id });
    try {
      this.send({ type: "tried", trial: await this.#backend.tryModel(id) });
    } catch (thrown) {
      this.send({ type: "tried", trial: { id, finding: asFinding(thrown) } });
    }
  }

  /** Which sites Claude's tools may reach: none beside the gateway, some, or `*`. */
  setEgress(hosts: readonly string[]): Promise<void> {
    this.send({ type: "egress-set", hosts });
    return this.plan();
  }

  /** `carryOver` brings settings along that would no longer count. */
  async plan(staticKey: boolean = this.state.staticKey, carryOver: boolean = this.state.carryOver): Promise<void> {
    this.send({ type: "planning", staticKey, carryOver });
    const run = this.state.run;
    await this.look();
    try {
      const wishes = setupWishes(this.state, this.state.overview.claude.installed);
      this.send({ type: "planned", run, plan: await this.#backend.plan(wishes) });
    } catch (thrown) {
      this.send({ type: "plan-failed", run, finding: asFinding(thrown) });
    }
  }

  async apply(restart: boolean): Promise<void> {
    // Two clicks are one.
    if (this.state.at.screen !== "review") return;
    const wishes = setupWishes(this.state, restart);
    this.send({ type: "applying", restart });
    const run = this.state.run;
    try {
      const report = await this.#backend.apply(wishes, (phase) => this.send({ type: "phase", run, phase }));
      await this.look();
      this.send({ type: "applied", run, report });
    } catch (thrown) {
      await this.look();
      this.send({ type: "trouble", finding: asFinding(thrown) });
    }
  }

  async undo(goal: UndoGoal, restart: boolean): Promise<void> {
    this.send({ type: "undoing" });
    const run = this.state.run;
    try {
      const report = await this.#backend.undo(goal, restart, (phase) => this.send({ type: "phase", run, phase }));
      await this.look();
      this.send({ type: "undone", run, report });
    } catch (thrown) {
      await this.look();
      this.send({ type: "trouble", finding: asFinding(thrown) });
    }
  }

  /** Ends Claude, which loses what it has not saved; gives the reason where it still runs. */
  async endClaude(): Promise<Finding | null> {
    try {
      await this.#backend.endClaude();
      return null;
    } catch (thrown) {
      return asFinding(thrown);
    } finally {
      await this.look();
    }
  }

  /** Uses the preset that is shown, by its address, or none. */
  async answerPreset(used: string | null): Promise<void> {
    try {
      const start = await this.#backend.answerPreset(used);
      // Another one was opened in that very moment: it is shown, and nobody has said yes to it.
      if (start.offer) this.send({ type: "preset-opened", offer: start.offer });
      else this.send({ type: "preset-answered", used: used !== null, start });
    } catch (thrown) {
      this.send({ type: "trouble", finding: asFinding(thrown) });
    }
  }

  /** Rejects with a finding for the place where it was asked. */
  makePreset(): Promise<MadePreset> {
    return this.#backend.makePreset();
  }

  async replaceKey(): Promise<void> {
    this.send({ type: "replace-key" });
    await this.#try(this.#backend.forgetSession());
  }

  async startOver(): Promise<void> {
    this.send({ type: "start-over" });
    await this.#try(this.#backend.forgetSession());
  }

  /** Another choice needs the gateway's list of today, so the stored key is checked first. */
  async changeModels(): Promise<void> {
    const mayCheck = this.state.overview.status?.key != null;
    // A key that was pasted meanwhile is not the stored one.
    await this.#try(this.#backend.forgetSession());
    this.send({ type: "change-models" });
    if (mayCheck) await this.check();
  }

  /** What is connected is written anew, whatever was pasted or checked meanwhile. */
  async repair(): Promise<void> {
    const status = this.state.overview.status;
    await this.#try(this.#backend.forgetSession());
    if (!status?.key) return this.replaceKey();
    this.send({ type: "repairing" });
    await this.plan(status.key_place === "profile", false);
  }

  /** Another scenario of a rehearsal, from the beginning. */
  async setScenario(id: string): Promise<void> {
    await this.#stopRunningCheck();
    try {
      this.#addressFault = null;
      this.send({ type: "staged", start: await this.#backend.setScenario(id) });
    } catch (thrown) {
      this.send({ type: "trouble", finding: asFinding(thrown) });
    }
  }

  /** Opens the doctor's page, or looks again. */
  async examine(): Promise<void> {
    this.send({ type: "to-doctor" });
    await this.#ask((run) => this.#backend.doctor().then((report) => this.send({ type: "examined", run, report })));
  }

  previewReport(): Promise<void> {
    return this.#ask((run) => this.#backend.previewReport().then((view) => this.send({ type: "report-shown", run, view })));
  }

  saveReport(): Promise<void> {
    return this.#ask((run) => this.#backend.saveReport().then((path) => this.send({ type: "report-saved", run, path })));
  }

  /** Hands one of Claude's own reports to the program: a pasted text, or a file's bytes as base64. */
  readClaudeReport(text: string, file: boolean): Promise<void> {
    return this.#ask((run) =>
      this.#backend.readClaudeReport(text, file).then((view) => this.send({ type: "claude-told", run, view })),
    );
  }

  /** A question of the doctor's page; what comes back after the page was left counts for nothing. */
  async #ask(asking: (run: number) => Promise<void>): Promise<void> {
    const run = this.state.run;
    try {
      await asking(run);
    } catch (thrown) {
      if (run === this.state.run) this.send({ type: "trouble", finding: asFinding(thrown) });
    }
  }

  finish(): Promise<void> {
    return this.#try(this.#backend.finish());
  }
}
