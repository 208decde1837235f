// What only the command line says, in English.

import type { TerminalWords } from "./terminal.zh-CN";

export const terminalEn: TerminalWords = {
  askKey: "Paste the key and press Enter (it is not shown): ",
  askQuit: "Claude Desktop is running and must be quit first; text that was not sent may be lost. Quit it now?",
  models: "Models for Claude (* recommended):",
  dropped: "Models that Claude does not show:",
  changes: "Files that change:",
  steps: "Steps:",
  values: "Value by value:",
  expected: "expected",
  restored: "Values put back:",
  left: "Values left alone, because they were changed later:",
  proof: "Evidence in Claude's log:",
  files: "Exported files:",
  link: "The preset as a link:",
  absent: "(none)",
  unchanged: "Everything is as it should be already; nothing was changed.",
  exported: "Exported.",
  dryRun: "This only shows what would be done; nothing was changed.",
};
