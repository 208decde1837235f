// What only the command line says, in English.

import type { TerminalWords } from "./terminal.zh-CN";

export const terminalEn: TerminalWords = {
  askKey: "Paste the key and press Enter (it is not shown): ",
  askQuit: "Claude Desktop is running and must be quit first; text that was not sent may be lost. Quit it now?",
  models: "Models for Claude (* recommended):",
  dropped: "Models that Claude does not show:",
  changes: "Files that change:",
  steps: "Steps:",
  carryable: "Settings that --carry-over writes into the new configuration, too:",
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
  forAdministrator:
    "For the administrator: your organisation configures Claude Desktop on this computer, so settings on it have no effect. Please set inferenceProvider to gateway and inferenceGatewayBaseUrl to {base} in your organisation's Claude settings; airouter-setup-cli export on a computer that is connected makes the files for it.",
  cost: "This check made {requests} requests of the server and used about {tokens} tokens.",
  allWell: "All is well.",
  noCode: "There is no code {word}. Near it: {near}",
  noScenario: "There is no scenario “{word}”. See rehearse --list.",
  noCommand: "There is no command “{word}”.",
  missingCommand: "The command is missing, such as check.",
  noArgument: "There is no argument “{word}”.",
  missingArgument: "Missing: {word}",
  missingValue: "“{word}” needs a value.",
  badValue: "“{word}” cannot be “{value}”.",
  conflict: "“{word}” and “{other}” do not go together.",
  misused: "This is not how it is used.",
  seeHelp: "Add --help to see how it is used.",
};
