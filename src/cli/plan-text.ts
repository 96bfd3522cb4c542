/** The plan in one line. */
import type { PlanSummary } from "../flash/events.js";
import { bytesText, plural } from "./text.js";

export function planText(plan: PlanSummary): string {
  const parts = [
    plan.keepPages > 0 ? `keep ${plural(plan.keepPages, "page")}` : "",
    plan.massErase ? "erase the whole chip" : plan.erasePages > 0 ? `erase ${plan.erasePages}` : "",
    plan.writePages > 0 ? `write ${plan.writePages} (${bytesText(plan.writeBytes)})` : "",
    plan.preserveBytes > 0 ? `put back ${bytesText(plan.preserveBytes)} outside the image` : "",
    plan.lostBytes > 0 ? `give up ${bytesText(plan.lostBytes)} outside the image` : "",
    eepromText(plan.eepromBytes),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}

function eepromText(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  return bytes === 0 ? "keep the data EEPROM" : `write ${bytesText(bytes)} of data EEPROM`;
}
