// What happened, in English: what it is, what it means, and the one thing to do.

import type { Facts, FindingTable, FindingWords } from "./facts";

export const findings: FindingTable = (f) => ({
  "AR-101": { title: "Claude Desktop is not installed yet", meaning: "Claude Desktop was not found on this computer.", action: "Download and install it. This page goes on by itself once it is there." },
  "AR-102": { title: "Claude is still open", meaning: "Claude has to be closed for this step.", action: "Quit Claude completely, including its icon in the tray or menu bar, then retry." },
  "AR-103": { title: "Claude did not quit", meaning: "Claude was asked to quit and is still running. One of its windows may be waiting for you.", action: "Have a look at Claude, quit it there, then retry." },
  "AR-104": { title: "Claude did not start", meaning: "The configuration is fine, but Claude did not open.", action: "Open Claude yourself. If it does not open, install it again." },
  "AR-105": { title: "Claude is too old", meaning: "This version cannot be connected to another service yet.", action: "Install the newest Claude Desktop." },
  "AR-106": { title: "The version of Claude is unknown", meaning: "It is treated as the newest one, which is usually fine.", action: "Go on as usual." },
  "AR-107": { title: "Claude has to move its own settings first", meaning: "Settings of an earlier version are waiting. Claude moves them by itself the next time it starts; anything written before that would stop it.", action: "Start Claude once, quit it, then come back here." },
  "AR-108": { title: "This program was opened from inside Claude", meaning: "From there it sees other folders than the ones Claude uses, so a change would have no effect.", action: "Close it and open it from the Start menu or the desktop." },
  "AR-110": { title: "Your company manages Claude's settings", meaning: "The administrator's settings come first; changes made here would have no effect.", action: "Ask your company's administrator to set up the connection." },
  "AR-111": { title: "Your company's Claude settings have a fault", meaning: "There is an administrator's file that Claude cannot read, so settings on this computer do not count either.", action: "Tell your administrator the code above." },
  "AR-112": { title: "Your company manages Claude's updates", meaning: "Only updates, so the connection is not affected.", action: "Go on as usual." },
  "AR-120": { title: "This system is not supported", meaning: "A connection needs Windows 10 (version 1809 or later), macOS 13 or later, or Linux.", action: "Update the system, or use another computer." },
  "AR-121": { title: "macOS did not let this program quit Claude", meaning: "To quit Claude for you, macOS first asks you to allow it. This time it was not allowed.", action: "Quit Claude with ⌘Q and retry, or allow this program to control Claude in System Settings → Privacy & Security → Automation." },
  "AR-122": { title: "This is not the original Claude", meaning: "It is not signed by Anthropic and may have been changed. To keep the key safe, nothing was set up for it.", action: "Download Claude Desktop from its site, replace this one, then come back here." },
  "AR-131": { title: "Claude still uses its earlier configuration", meaning: "Claude was opened before the configuration was written, and reads it only when it starts.", action: "Quit Claude completely, including its icon in the tray or menu bar, then open it again." },
  "AR-132": { title: "Settings of Claude Code are still there", meaning: `${f.of("keys") || "They"} may take the place of this configuration. Found in: ${f.of("path") || "unknown"}.`, action: "If Claude does not use the key from here, remove them and open Claude again." },
  "AR-133": { title: "There is little room on the disk", meaning: `${f.of("free") || "Little"} is left. Claude downloads parts of its own; without room for them, Cowork and Code do not open.`, action: "Make some room." },
  "AR-134": { title: "Virtualisation is switched off on this computer", meaning: "Chat works without it. Claude's Cowork runs in a virtual machine and may not open.", action: "If you need Cowork, switch virtualisation on in the computer's firmware settings." },
  "AR-135": { title: "Claude's download server cannot be reached", meaning: `The first time that Cowork and Code are used, Claude downloads parts from ${f.of("host") || "downloads.claude.ai"}. Chat works without them.`, action: "If you need them, use another network, or ask IT to allow this address." },

  "AR-201": { title: "This computer is not online", meaning: "No site can be reached right now.", action: "Check the cable or Wi-Fi, and retry once web pages open." },
  "AR-202": { title: "The server was not found", meaning: `${f.host} could not be looked up. A VPN tool may be in the way, or an office network that does not allow it.`, action: "Turn off VPN tools and retry. At work, ask IT to allow it." },
  "AR-203": { title: "Software on this computer redirects the address", meaning: `${f.host} is sent somewhere else, most likely by a proxy tool or the hosts file.`, action: "Quit the proxy tool, then retry." },
  "AR-204": { title: "The server refused the connection", meaning: "Usually a proxy or firewall setting; it may also be maintenance.", action: "Turn the proxy off and retry, or try again later." },
  "AR-205": { title: "The connection timed out", meaning: "The server did not answer for a long time.", action: "Try another network, such as a phone hotspot." },
  "AR-206": { title: "The server is too slow", meaning: "The network works; the server may be busy.", action: "Retry in a few minutes." },
  "AR-207": { title: "The connection was cut", meaning: "A firewall or antivirus program may have stopped it.", action: "Turn off the VPN, or use a phone hotspot." },
  "AR-211": { title: "The date or time of this computer is wrong", meaning: "With a wrong time the server's identity cannot be confirmed.", action: "Turn on automatic time in the system settings, then retry." },
  "AR-212": { title: "The server's certificate has expired", meaning: "This is not your computer's fault, and there is nothing to change on it.", action: `Contact ${f.gateway} support.` },
  "AR-213": tlsInspected(f),
  "AR-214": { title: "This is another server", meaning: `The other side is not ${f.host}. Often the Wi-Fi wants a login.`, action: "Open any web page and see whether the Wi-Fi asks you to log in." },
  "AR-215": { title: "No encrypted connection was possible", meaning: "Most likely the kind or the port of the proxy is wrong.", action: "Check the proxy in the system settings, or turn it off." },
  "AR-216": { title: "The server's certificate is not valid yet", meaning: "Nothing is known to be wrong with this computer's date; most likely the server has just changed its certificate.", action: `Try again later. If that does not help, contact ${f.gateway} support.` },
  "AR-221": { title: "The proxy wants a name and a password", meaning: "The network goes through a proxy that needs a login.", action: "Enter the proxy account in the system settings, or ask IT." },
  "AR-222": { title: "The system's proxy cannot be reached", meaning: "The proxy program may have been closed while its setting stayed.", action: "Start the proxy program, or turn the system proxy off." },
  "AR-223": { title: `The proxy does not allow ${f.gateway}`, meaning: "Most likely a rule of the office network.", action: `Ask IT to allow ${f.host}, or use another network.` },
  "AR-224": { title: "The Wi-Fi wants a login first", meaning: "This Wi-Fi asks for a login on a web page.", action: "Open a browser, log in to the Wi-Fi, then retry." },
  "AR-225": { title: "A web firewall stopped the request", meaning: "The firewall in front of the server did not let it through.", action: "Turn off the VPN or change the network. If that does not help, tell support the code." },
  "AR-226": { title: "The system chooses its proxy by a script", meaning: "Such a script (PAC) cannot be run here, so the check did not go through the proxy it would choose. Claude may, and may fare differently.", action: "If there is no connection, ask IT for the proxy's address and enter it in the system settings." },
  "AR-227": { title: "The proxy's address cannot be read", meaning: "A proxy is written as host:port, for example 127.0.0.1:7890.", action: "Correct the proxy's address, then retry." },

  "AR-301": addressUnreadable(f),
  "AR-302": { title: "The address was corrected", meaning: "It had a small mistake, which is mended.", action: "Have a look at the address. If it is right, go on." },
  "AR-303": { title: "The address leads somewhere else", meaning: "To keep the key safe, it was not followed.", action: `Use ${f.base}` },
  "AR-304": { title: "The address must start with https://", meaning: "This address is not encrypted.", action: `Use ${f.base}` },
  "AR-305": { title: "This address opens a web page", meaning: "It is a page for people and not what Claude needs. Usually /claude is missing, or /v1 is too much.", action: `Use ${f.base}` },
  "AR-306": { title: "The address is not right", meaning: "The server answers, but what Claude needs is not at this address.", action: `Use ${f.base} (without /v1)` },
  "AR-307": { title: "This address is not for Claude", meaning: "It is for OpenAI-style programs; Claude cannot use it.", action: `Use ${f.base}` },
  "AR-308": { title: "The server's answer is not understood", meaning: "The address answers, but not in the agreed form.", action: "Check the address. If it is right, tell support the code." },

  "AR-401": keyLint(f),
  "AR-402": { title: "The key was not accepted", meaning: "It may be copied wrongly, or deleted, switched off, expired or used up.", action: "Copy a key in the console once more and paste it here." },
  "AR-403": { title: "This key is switched off", meaning: "The key is right, but it was switched off in the console.", action: "Switch it on in the console, or create a new one." },
  "AR-404": { title: "This key has expired", meaning: "The key is right, but its time is over.", action: "Extend it in the console, or create a new one." },
  "AR-405": { title: "The server did not see the key", meaning: "It was sent, but not where this server looks for it.", action: "Set the way of sending to Automatic in the advanced settings, then retry." },
  "AR-406": { title: "Another way of sending the key is used", meaning: "A key can be sent in two ways. The one that the server accepts is used, and will be written.", action: "Go on as usual." },
  "AR-407": { title: "The pasted text was cleaned", meaning: "Extra spaces or signs were removed.", action: "Go on as usual." },

  "AR-501": { title: "The account cannot be used", meaning: `Your ${f.gateway} account is blocked or not active yet.`, action: "Log in to the console, or contact support." },
  "AR-502": { title: "This key works only from certain networks", meaning: "The key is right, but not allowed from here.", action: "Add this network in the console, or create a key without that limit." },
  "AR-503": { title: "The balance or quota is used up", meaning: "The key is right; there is just no balance or quota left.", action: "Top up in the console, or raise this key's quota." },
  "AR-504": { title: "This key may not use Claude", meaning: "The key is right, but its group does not include Claude.", action: "Choose a group with Claude in the console, or create a new key." },
  "AR-505": { title: "This key may not use this model", meaning: `The key is right, but not allowed to use ${f.of("model") || "the chosen model"}.`, action: "Choose another model, or allow it in the console." },
  "AR-506": { title: "There is no such model", meaning: `The server does not have ${f.of("model") || "this model"}.`, action: "Choose one from the list." },
  "AR-507": { title: "There is no Claude model to use", meaning: "The key is right, but it has no Claude model.", action: "Check the key's group and models in the console." },
  "AR-508": { title: "This key is for certain programs only", meaning: "The key is right, but chatting may not work.", action: "Create a key without a client limit in the console." },
  "AR-509": { title: "Too many requests", meaning: "The server asks us to slow down.", action: `Wait about ${f.of("retry_after") || "60"} seconds, then retry.` },
  "AR-510": { title: "The request was refused", meaning: "The server gave no reason; the key may lack a permission.", action: "Look at the key in the console, or tell support the code." },

  "AR-601": { title: `${f.gateway} is not available right now`, meaning: "The trouble is on the server's side; the key could not be checked yet.", action: "Retry in a few minutes." },
  "AR-602": { title: "No line is free right now", meaning: "Your key is fine; this model has no free line.", action: "Retry in a few minutes. If it stays so, contact support." },
  "AR-603": { title: "Claude's service is busy", meaning: "Your key is fine; many people are using it right now.", action: "Retry in a few minutes." },
  "AR-604": { title: `The service behind ${f.gateway} failed`, meaning: "This is usually not about your key.", action: "Retry a little later. If it stays so, tell support the code." },
  "AR-605": { title: "The server has no list of models", meaning: "It works, but model ids have to be typed.", action: "Add them by hand in the next step, as the console writes them." },
  "AR-606": { title: "Answers do not appear as they are written", meaning: "Claude needs that. A proxy or the server may be holding answers back.", action: "Turn the proxy off and retry. If that does not help, contact support." },
  "AR-607": { title: "Tools do not work", meaning: "Claude needs tools, and the server did not answer as it should.", action: "Tell support the code." },
  "AR-608": { title: "There is no light model", meaning: "Chatting works, but small things such as titles may be missing.", action: "For everything to work, allow a Haiku model for this key in the console." },
  "AR-609": { title: "The server did not accept the check", meaning: "This is most likely our fault and not yours.", action: "Tell support the code." },

  "AR-701": { title: "A file of Claude's is not as expected", meaning: "To do it no harm, nothing was written.", action: "Tell support the code and where the file is." },
  "AR-702": { title: "A file could not be written", meaning: "Permission may be missing, or the disk may be full.", action: "Check the free space on the disk, then retry." },
  "AR-703": { title: "Another program has just changed a file", meaning: "Nothing was written, so that its change is not lost.", action: "Retry; the newest content will be reviewed again." },
  "AR-704": { title: "What was read back differs", meaning: "What was written is not what is there. A sync or cleaning program may be interfering.", action: "Pause such programs, then retry." },
  "AR-705": { title: "None of the chosen models works in Claude", meaning: "Claude shows only Claude models that it knows.", action: "Choose other models." },
  "AR-706": { title: "Claude would not show one of the models", meaning: `Claude does not accept ${f.of("id") || f.of("model") || "one of them"}.`, action: "Remove it, or choose another." },
  "AR-707": { title: "The program is already running", meaning: "Another window is writing.", action: "Wait until it is done, or close it and retry." },
  "AR-708": { title: "There is nothing to undo", meaning: "This program changed nothing, or it was undone already.", action: "You can close the window." },
  "AR-709": { title: "Some values were left alone", meaning: "They were changed later, so they stay as they are.", action: "If you do not want them, change them in Claude." },
  "AR-710": { title: "Claude is not connected by this program", meaning: "The configuration in use is not the one that this program wrote.", action: "To connect it, begin by pasting your key." },
  "AR-711": { title: "Some settings were changed", meaning: whyDrifted(f), action: "Repair puts them back." },
  "AR-712": { title: `Claude has another configuration${quoted(f)}, too`, meaning: `${by(f)}It is kept as it is, and undo switches back to it.`, action: "Go on as usual." },
  "AR-713": { title: "Not tried in Claude yet", meaning: "The configuration is written; only Claude can confirm it.", action: "Open Claude and send a message." },
  "AR-714": { title: "Unfinished changes were settled", meaning: f.of("how") === "completed" ? "The program had been closed midway. The changes are now complete." : "The program had been closed midway. Everything is as it was before.", action: "Go on as usual." },
  "AR-715": { title: "The last changes are unfinished", meaning: "The program had been closed midway. Claude is open, so nothing was done about it yet.", action: "Quit Claude completely, then open this program again." },
  "AR-716": { title: `Claude is connected to ${f.of("tool") || f.of("name") ? `${quoted(f).trim()}, which` : "a program that"} is not running`, meaning: `It points to ${f.of("url")} on this computer, where nothing answers, so Claude cannot be used.`, action: `Connecting ${f.gateway} replaces it; you can also go back to Anthropic sign-in.` },
  "AR-717": { title: "This is not a site's address", meaning: `Claude does not take “${f.of("host")}”.`, action: "Enter the name alone, such as pypi.org or *.example.com, without a port and without https://." },

  "AR-721": { title: "Claude does not recognise the selected configuration", meaning: "Its id holds capital letters or is of another form, and Claude passes over it without a word.", action: "Repair writes it again; if nothing is connected yet, connect once more." },
  "AR-722": { title: "The selected configuration is missing", meaning: "Claude is to use a configuration that is not in its list, or whose file was deleted.", action: "Repair writes it again; if nothing is connected yet, connect once more." },
  "AR-723": { title: "Claude remembers Anthropic sign-in", meaning: "Somebody signed in to Anthropic once. Since then Claude starts that way, and the configuration has no effect.", action: "Repair puts it back; then open Claude." },
  "AR-724": { title: "Claude will ask how to start", meaning: "The configuration is written, but no way to start is chosen, so Claude opens with its sign-in page.", action: "Choose Gateway on the sign-in page, or use Repair." },
  "AR-725": { title: "The provider is not Gateway", meaning: f.of("provider") === "" ? "The configuration names no provider." : `The configuration names ${f.of("provider")}.`, action: "Set Inference provider to Gateway, or connect once more." },
  "AR-726": { title: "The address in Claude is not right", meaning: `It is ${f.of("url") || "another address"} now.`, action: `Change it to ${f.base}, or connect once more.` },
  "AR-727": { title: "The address in Claude ends wrongly", meaning: `${f.of("url") || "The address"} must not end in /v1 or a slash; Claude adds these itself.`, action: `Change it to ${f.base}, or connect once more.` },
  "AR-728": { title: "The configuration leads to no key", meaning: "Claude reads the configuration but finds no way to get a key.", action: "Connect once more; the program puts the key in its place." },
  "AR-729": { title: "Claude cannot start the program that fetches the key", meaning: `The configuration names ${f.of("path") || "nothing"}, which Claude cannot start like that.`, action: "Connect once more; the program writes the right place." },
  "AR-730": { title: "The configuration holds two keys", meaning: "A written key and a program that fetches one stand side by side; Claude uses only one of them.", action: "Connect once more, so that one is left." },
  "AR-731": { title: "Claude uses another key than the saved one", meaning: `The saved key's fingerprint is ${f.of("stored") || "another"}, the one in use is ${f.of("in_use") || "another"}.`, action: "Quit Claude completely and open it again. If they still differ, replace the key." },
  "AR-732": { title: "Claude may read another folder", meaning: `This computer holds two sets of Claude's settings, and they differ. The other one is in ${f.of("path") || "another place"}.`, action: "Repair makes both the same." },
  "AR-733": { title: "Another program left a policy behind", meaning: `It seems to be from ${f.of("tool") || "another program"}, not from a company. It makes all settings of this computer count for nothing.`, action: `Switch it off in ${f.of("tool") || "that program"}, or have the policy removed.` },
  "AR-734": { title: "A model is listed twice", meaning: `${f.of("model") || "It"} stands in the list twice, and Claude takes both for one.`, action: "Choose the models again." },
  "AR-735": { title: "The chat history is filed elsewhere", meaning: "Nothing is lost, but earlier chats are filed under another id and do not show.", action: "Repair puts the earlier id back." },
  "AR-736": { title: "Some settings are newer than Claude", meaning: `The running Claude does not know ${f.of("keys") || "them"} yet and passes over them.`, action: "Update Claude, quit it completely and open it again." },
  "AR-737": { title: "There is a key in the extra headers", meaning: "It stands in the configuration as plain text, and whoever opens that file can read it.", action: "Remove the key from the extra headers; it is not needed there." },
  "AR-738": { title: "Claude's list points elsewhere", meaning: "There is a pointer in it that this program does not know, and Claude behaves as if nothing were set up.", action: "Use Repair, or connect once more." },
  "AR-739": { title: "A setting is written in the wrong way", meaning: `${f.of("keys") || "A setting"} is not of the right kind, and Claude then uses none of the configuration.`, action: "Use Repair, or connect once more." },

  "AR-801": { title: "This computer has no key store", meaning: "There is no place in the system that keeps keys safely.", action: "Use compatibility mode, or have the system's keyring set up." },
  "AR-802": { title: "The system's key store is locked", meaning: "It may be waiting for your computer's password, or access was refused.", action: "Retry, and choose Allow in the window that appears." },
  "AR-803": { title: "The key is too long for the system", meaning: "The system's key store takes 2,560 characters at most, and it is longer.", action: "Make sure that only the key was copied. If so, use compatibility mode." },
  "AR-804": { title: "No saved key was found", meaning: "A cleaning program may have removed it.", action: "Paste the key once more." },
  "AR-805": { title: "The small program that fetches the key does not work", meaning: "Antivirus software may have removed or stopped it.", action: "Install this program again and allow it in the antivirus program." },
  "AR-806": { title: "The key is stored as plain text", meaning: "You chose compatibility mode: the key is in Claude's configuration file.", action: "When you replace the key, you can go back to the keychain." },

  "AR-851": { title: "Claude started in its ordinary way", meaning: "It did not read the new configuration.", action: "Quit Claude completely, then retry." },
  "AR-852": { title: "Claude uses another address", meaning: `It talks to ${f.of("host") || "another address"}. Other software may be changing its settings.`, action: "Close other programs that configure Claude, then retry." },
  "AR-853": { title: "Claude did not accept the configuration", meaning: "It read the configuration and found something wrong in it.", action: "Tell support the code." },
  "AR-854": { title: "Claude could not get the key", meaning: "The key is saved, but Claude could not read it when it started.", action: "Retry. If that does not help, use compatibility mode." },
  "AR-855": { title: "Claude shows no models", meaning: "Claude is connected but shows no model.", action: "Choose other models." },
  "AR-856": { title: "Claude has not confirmed yet", meaning: "Claude was started, but its log says nothing so far. A first start can be slow.", action: "Send a message once Claude is open, or retry." },
  "AR-857": { title: "Claude's own check did not pass", meaning: "Claude is connected, but its own check reported a problem.", action: "Send a message in Claude. If it fails, change the models." },
  "AR-860": { title: "Connected", meaning: "Claude's own log confirms it.", action: "Send a message in Claude to try it." },
  "AR-861": { title: "No report was made", meaning: "The last check found something in it that must not leave this computer, so no file was saved.", action: "Tell support the code." },
  "AR-862": { title: "This is not a report of Claude's", meaning: "It was not exported by Claude, or the file is broken.", action: "Export it again in Claude: Help → Troubleshooting → Generate Diagnostic Report." },
  "AR-863": { title: "Claude could not read a setting", meaning: `Claude's report says: ${f.of("said") || "parse errors"}`, action: "Use Repair, or connect once more." },
  "AR-864": { title: "Claude read other values than those written", meaning: `These differ: ${f.of("keys") || "several"}.`, action: "Quit Claude completely and open it again. If they still differ, use Repair." },
  "AR-865": { title: "Claude says that it has no key", meaning: "Claude read the configuration, but the key did not pass its check.", action: "Replace the key, then open Claude again." },
  "AR-866": { title: "Claude read no configuration at all", meaning: "Its report names no source, so it starts in its ordinary way.", action: "Connect once, quit Claude completely and open it again." },
  "AR-867": { title: "Claude read what was written", meaning: "Its own report shows no trouble.", action: "If it still does not work, send support the report." },

  "AR-901": { title: "This program had a fault", meaning: "This is our fault and not yours.", action: "Retry. If that does not help, tell support the code." },
  "AR-902": { title: "The check was stopped", meaning: "It stopped as you asked, and nothing was changed.", action: "To go on, check once more." },
  "AR-903": { title: "The preset file is not valid", meaning: "The preset file that was opened cannot be used.", action: "Ask whoever sent it for a new one." },
  "AR-904": { title: "The preset has expired", meaning: f.of("expires") ? `It counted until ${f.of("expires")}.` : "Its last day is over.", action: f.of("supporter") ? `Ask “${f.of("supporter")}” for a new one.` : "Ask whoever sent it for a new one." },
  "AR-905": { title: "Something in the preset looks like a key", meaning: "No preset should hold a key, so it was not used.", action: "Do not pass it on, and ask whoever sent it for one without a key." },
  "AR-906": { title: "The preset's signature is not right", meaning: "Somebody may have changed it, or somebody else sent it, so it was not used.", action: "Ask the person who sent it directly." },
  "AR-907": { title: "The preset's signer is not known", meaning: "The signature is in order, but this program does not know whose it is. Take it as one without a signature.", action: "Ask whoever sent it before you use it." },
  "AR-908": { title: "There is no connection to export yet", meaning: "This program has not connected Claude on this computer.", action: "Connect first, then export." },
  "AR-909": { title: "The exported files hold the key in plain text", meaning: "As you asked. Whoever can read these files can use the key.", action: "Give them to the management system alone, and delete them afterwards." },
  "AR-910": { title: "A value cannot be exported", meaning: `Claude would not take ${f.of("key") ? `“${f.of("key")}”` : "one of the values"}, so no files were made.`, action: "Tell support the code." },
  "AR-911": { title: "This folder cannot take the export", meaning: "It is not empty, or it cannot be written.", action: "Choose a new, empty folder." },
  "AR-912": { title: "The connection on this computer is not proved yet", meaning: "Claude's log has not confirmed it, or a value was changed. It can be exported all the same, but is better tried first.", action: "Open Claude on this computer first and see that it works." },
  "AR-913": { title: "There is no terminal to type a key on", meaning: "The key is typed on a terminal, and there is none here.", action: "Run it on a terminal, or give the key on standard input with --key-stdin." },

  "AR-940": { title: "The rehearsal is not ready", meaning: "Its folder or a port cannot be used now. The real Claude is not affected.", action: "Close other rehearsals and choose the scenario again." },
  "AR-941": { title: "The rehearsal did not end as it should", meaning: "The code that came up is not the one of this scenario. That is a fault of this program.", action: "Tell us the scenario's name and the code." },
  "AR-950": { title: "The connection is still in use", meaning: "Claude is still connected by this program, so the small program that fetches the key stays, and Claude goes on working.", action: "To have everything as it was before, undo first, then uninstall." },
});

function addressUnreadable(f: Facts): FindingWords {
  const title = "This address cannot be used";
  switch (f.of("reason")) {
    case "empty":
      return { title: "No address yet", meaning: "The field is empty.", action: `Use ${f.base}` };
    case "credentials":
      return { title, meaning: "It holds a user name or password, which Claude does not accept.", action: "Remove what stands before the @ sign." };
    case "scheme":
      return { title, meaning: "It must start with https://.", action: `Use ${f.base}` };
    case "several":
      return { title: "There are several addresses here", meaning: "It is not clear which one to use.", action: "Leave only the one that you want." };
    case "host-without-dot":
      return { title, meaning: "The name of the site in it is not complete.", action: `Use ${f.base}` };
    case "look-alike":
      return { title: `This is not ${f.gateway}'s address`, meaning: "It holds letters or digits that look the same but are others. To keep the key safe it was not used.", action: `Use ${f.base}` };
    case "borrowed-name":
      return { title: `This is not ${f.gateway}'s address`, meaning: `It borrows ${f.gateway}'s name but belongs to another site. To keep the key safe it was not used.`, action: `Use ${f.base}` };
    case "misspelt-host":
      return { title: `This is not ${f.gateway}'s address`, meaning: "It differs from the right one by a letter or two and is probably mistyped. To keep the key safe it was not used.", action: `Use ${f.base}` };
    default:
      return { title, meaning: "This does not look like a web address.", action: `Use ${f.base}` };
  }
}

function tlsInspected(f: Facts): FindingWords {
  const issuer = f.of("issuer");
  const who = issuer ? `The certificate was issued by "${issuer}", which this computer does not trust. ` : "";
  return {
    title: "Something is reading encrypted traffic",
    meaning: `${who}It may be the office network or antivirus software. To keep the key safe, the check went no further. Even with its root certificate installed, some parts of Claude may refuse it.`,
    action: "Ask IT, or turn off HTTPS scanning in the antivirus program.",
  };
}

function keyLint(f: Facts): FindingWords {
  const again = "Copy it again with the copy button in the console, without selecting it by hand.";
  switch (f.of("reason")) {
    case "empty":
      return { title: "No key yet", meaning: "The field is empty.", action: "Copy the key in the console and paste it here." };
    case "too-short":
      return { title: "The key is too short", meaning: "It looks as if only a part was copied.", action: again };
    case "placeholder":
      return { title: "This is an example, not a key", meaning: "The pasted text is a placeholder from a guide.", action: again };
    case "truncated":
      return { title: "The key was not copied in full", meaning: "It ends in dots: the rest was not shown.", action: again };
    case "masked":
      return { title: "Part of the key is hidden", meaning: "It has stars or dots in it: the form that is for showing only.", action: again };
    case "inner-space":
      return { title: "There is a space or line break in the key", meaning: "Other text seems to be mixed in.", action: again };
    case "not-ascii":
      return { title: "The key holds unusual characters", meaning: "Keys have only plain letters, digits and dashes.", action: again };
    case "only-address":
      return { title: "This is an address, not a key", meaning: "The pasted text is a web address.", action: "Copy the key from the API Keys page of the console." };
    case "other-vendor":
      return { title: `This is a key of ${f.of("vendor")}`, meaning: `It does not work with ${f.gateway}.`, action: `Copy a key in the ${f.gateway} console.` };
    case "doubled":
      return { title: "The key was pasted twice", meaning: "Both copies are joined together.", action: "Clear the field and paste once." };
    case "several":
      return { title: "This text holds several keys", meaning: "It is not clear which one to use.", action: "Copy only the one that you want." };
    case "sign-in-token":
      return { title: "This is a sign-in token, not a key", meaning: "Web pages use it while you are signed in, and it soon expires.", action: "Copy the key from the API Keys page of the console." };
    case "no-key":
      return { title: "There is no key in this text", meaning: "Nothing in it looks like a key.", action: again };
    case "control-characters":
      return { title: "The key holds invisible characters", meaning: "Something extra came along when it was copied.", action: again };
    case "too-long":
      return { title: "The pasted text is too long", meaning: "It does not look like a key.", action: again };
    default:
      return { title: "The key does not look complete", meaning: "No usable key was found in the pasted text.", action: again };
  }
}

/** The other configuration's name, in quotes if it has one. */
function quoted(f: Facts): string {
  const name = f.of("tool") || f.of("name");
  return name ? ` “${name}”` : "";
}

function by(f: Facts): string {
  const tool = f.of("tool");
  return tool && tool !== f.of("name") ? `It looks like ${tool}'s. ` : "";
}

function whyDrifted(f: Facts): string {
  switch (f.of("because")) {
    case "signed-in":
      return "Somebody signed in to Anthropic in Claude, so these settings are not used any more.";
    case "other-profile":
      return `Claude was switched to another configuration${quoted(f)}.`;
    case "removed":
      return "The file was deleted, perhaps by a cleaning tool or when Claude was installed again.";
    case "claude-updated":
      return "Claude was updated, which may have changed them.";
    default:
      return "Other software or somebody may have changed them.";
  }
}
