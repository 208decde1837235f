// The real program behind the window. The only file that knows of Tauri.

import { Channel, invoke, type InvokeArgs } from "@tauri-apps/api/core";

import { asFinding, type Backend, type Command } from "./backend";

async function ask<T>(command: Command, args?: InvokeArgs): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw asFinding(thrown);
  }
}

function channel<T>(onMessage: (message: T) => void): Channel<T> {
  const made = new Channel<T>();
  made.onmessage = onMessage;
  return made;
}

export const tauri: Backend = {
  start: () => ask("start"),
  look: () => ask("look"),
  rememberLocale: (locale) => ask("remember_locale", { locale }),
  openPage: (page) => ask("open_page", { page }),
  readKey: (text) => ask("read_key", { text }),
  readAddress: (text) => ask("read_address", { text }),
  check: (wishes, onLamp) => ask("check", { wishes, onLamp: channel(onLamp) }),
  cancelCheck: () => ask("cancel_check"),
  tryModel: (id) => ask("try_model", { id }),
  addModel: (id) => ask("add_model", { id }),
  plan: (wishes) => ask("plan", { wishes }),
  apply: (wishes, onPhase) => ask("apply", { wishes, onPhase: channel(onPhase) }),
  undo: (goal, restart, onPhase) => ask("undo", { goal, restart, onPhase: channel(onPhase) }),
  endClaude: () => ask("end_claude"),
  doctor: () => ask("doctor"),
  previewReport: () => ask("preview_report"),
  saveReport: () => ask("save_report"),
  readClaudeReport: (text, file) => ask("read_claude_report", { text, file }),
  forgetSession: () => ask("forget_session"),
  setScenario: (id) => ask("set_scenario", { id }),
  awaitPreset: (onOffer) => ask("await_preset", { onOffer: channel(onOffer) }),
  answerPreset: (used) => ask("answer_preset", { used }),
  makePreset: () => ask("make_preset"),
  finish: () => ask("finish"),
};
