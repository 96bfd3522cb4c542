/** Everything that `npm run fuzz` fuzzes. Another hostile input is another row here. */

import type { FuzzTarget } from "./engine.js";
import { IMAGE_TARGETS } from "./image-targets.js";
import { REPLY_TARGETS } from "./reply-targets.js";

export const TARGETS: readonly FuzzTarget[] = [...IMAGE_TARGETS, ...REPLY_TARGETS];
