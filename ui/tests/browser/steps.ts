// What a person does in the window, for all tests of it.

import { userEvent } from "vitest/browser";
import { expect } from "vitest";

export const KEY = "sk-Zq81practiceOnlyNeverReal00000000000000000007f3a";

/** Pastes as a person does: the clipboard's text arrives in an event. */
export function paste(text: string): void {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const field = document.querySelector("#key-input");
  field?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}

export const at = (screen: string) => expect.poll(() => document.querySelector("#screen")?.getAttribute("data-screen"), { timeout: 5000 }).toBe(screen);

/** Tabs until an element has the focus, as somebody without a mouse does. */
export async function tabTo(selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (document.activeElement?.matches(selector)) return;
    await userEvent.keyboard("{Tab}");
  }
  throw new Error(`${selector} cannot be reached with the keyboard`);
}
