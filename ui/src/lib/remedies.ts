// The one button that goes with a finding. A finding whose cure is outside this program's reach has
// none: its words say what to do.

import type { Code } from "./bindings/Code";

export type Remedy =
  | "download-claude"
  | "open-console"
  | "top-up"
  | "copy-for-it"
  | "use-proxy"
  | "retry"
  | "use-preset-address"
  | "replace-key"
  | "choose-models"
  | "repair";

const REMEDIES: { readonly [R in Remedy]: readonly Code[] } = {
  "download-claude": ["AR-101", "AR-105", "AR-122"],
  "open-console": [
    ...(["AR-402", "AR-403", "AR-404", "AR-501", "AR-502", "AR-504", "AR-505"] as const),
    ...(["AR-507", "AR-508", "AR-510", "AR-605", "AR-608"] as const),
  ],
  "top-up": ["AR-503"],
  "copy-for-it": ["AR-110", "AR-111", "AR-213", "AR-223", "AR-738"],
  "use-proxy": ["AR-221", "AR-226", "AR-227"],
  "use-preset-address": ["AR-301", "AR-303", "AR-304", "AR-305", "AR-306", "AR-307", "AR-308"],
  "replace-key": ["AR-731", "AR-803", "AR-804", "AR-865"],
  "choose-models": ["AR-506", "AR-705", "AR-706", "AR-734", "AR-855"],
  repair: [
    ...(["AR-711", "AR-721", "AR-722", "AR-723", "AR-724", "AR-725", "AR-726", "AR-727", "AR-728", "AR-729"] as const),
    ...(["AR-730", "AR-732", "AR-735", "AR-739", "AR-863", "AR-864"] as const),
  ],
  retry: [
    ...(["AR-131", "AR-132", "AR-133", "AR-135"] as const),
    ...(["AR-102", "AR-103", "AR-104", "AR-107", "AR-121", "AR-201", "AR-202", "AR-203", "AR-204", "AR-205", "AR-206", "AR-207"] as const),
    ...(["AR-211", "AR-214", "AR-215", "AR-216", "AR-222", "AR-224", "AR-225"] as const),
    ...(["AR-405", "AR-509", "AR-601", "AR-602", "AR-603", "AR-604", "AR-606", "AR-702", "AR-703"] as const),
    ...(["AR-704", "AR-707", "AR-715", "AR-745", "AR-802", "AR-851", "AR-852", "AR-854", "AR-856", "AR-901"] as const),
  ],
};

export function remedyOf(code: Code): Remedy | null {
  for (const [remedy, codes] of Object.entries(REMEDIES)) {
    if (codes.includes(code)) return remedy as Remedy;
  }
  return null;
}

/** Its button, not another try, is what helps: the screen's main button then. */
export function leadsOn(code: Code | undefined, hasConsole: boolean): boolean {
  const remedy = code ? remedyOf(code) : null;
  if (remedy === null || remedy === "retry" || remedy === "copy-for-it") return false;
  return hasConsole || (remedy !== "open-console" && remedy !== "top-up");
}

/** What compatibility mode gets round: everything between Claude and the system's key store. */
export function staticKeyHelps(code: Code): boolean {
  return ["AR-801", "AR-802", "AR-803", "AR-805", "AR-854"].includes(code);
}
