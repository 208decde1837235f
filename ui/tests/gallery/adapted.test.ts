// The system's own colours, a very narrow window, and text of twice the size.

import { examine } from "./examine";
import { FORCED, LARGE, NARROW } from "./looks";

[...FORCED, ...NARROW, ...LARGE].forEach(examine);
