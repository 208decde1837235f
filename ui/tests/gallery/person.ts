// What a person does in the page, as the page meets it. It works in every engine, because it needs
// nothing but the page.

/** A key of the right shape that never was one. */
export const KEY = "sk-Zq81practiceOnlyNeverReal00000000000000000007f3a";

/** How long anything may take before a view counts as not reached. */
const PATIENCE = 5000;

/** Waits until something is there. */
export async function shown(selector: string): Promise<HTMLElement> {
  const begun = performance.now();
  for (;;) {
    const element = document.querySelector<HTMLElement>(selector);
    if (element) return element;
    if (performance.now() - begun > PATIENCE) throw new Error(`there is no ${selector}`);
    await new Promise((later) => setTimeout(later, 5));
  }
}

/** Waits until something can be pressed, and presses it. */
export async function press(selector: string): Promise<void> {
  (await shown(`${selector}:not(:disabled)`)).click();
}

/** Puts a text into a field. */
export async function fill(selector: string, text: string): Promise<void> {
  const field = (await shown(selector)) as HTMLInputElement | HTMLTextAreaElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Pastes: the clipboard's text arrives in an event. */
export async function paste(text: string = KEY): Promise<void> {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const field = await shown("#key-input");
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}

/** Opens everything that can be opened. */
export async function unfold(): Promise<void> {
  document.querySelectorAll("details").forEach((each) => (each.open = true));
}
