// Waiting, as people feel it. For a moment nothing need be said; after three seconds they wonder whether
// it still works; after ten they want to know that they may leave it.

export type Wait = "short" | "some" | "long";

const SOME = 3000;
const LONG = 10_000;

export function waitOf(millis: number): Wait {
  return millis >= LONG ? "long" : millis >= SOME ? "some" : "short";
}

/** How long the thing that `current` names has gone on; another name begins anew, and none is no wait. */
export function waiting(current: () => string | null): { readonly felt: Wait } {
  let felt = $state<Wait>("short");
  $effect(() => {
    felt = "short";
    if (current() === null) return;
    const timers = [SOME, LONG].map((after) => setTimeout(() => (felt = waitOf(after)), after));
    return () => timers.forEach(clearTimeout);
  });
  return {
    get felt() {
      return felt;
    },
  };
}
