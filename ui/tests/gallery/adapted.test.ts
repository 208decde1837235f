// The system's own colours, a very narrow window, and text of twice the size.

import { examine } from "./examine";
import { FORCED, LARGE, NARROW, wanted } from "./looks";

wanted([...FORCED, ...NARROW, ...LARGE]).forEach(examine);
