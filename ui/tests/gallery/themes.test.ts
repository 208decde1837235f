// Light and dark.

import { examine } from "./examine";
import { DARK, LIGHT } from "./looks";

[...LIGHT, ...DARK].forEach(examine);
