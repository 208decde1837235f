import { createContext } from "svelte";

import type { Wizard } from "./wizard.svelte";

/** The wizard of this window, for any part below `App`. */
export const [useWizard, provideWizard] = createContext<Wizard>();
