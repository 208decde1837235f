// Light and dark.

import { examine } from "./examine";
import { DARK, LIGHT, wanted } from "./looks";

wanted([...LIGHT, ...DARK]).forEach(examine);
