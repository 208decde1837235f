//! Every outcome that a person may see is a [`Finding`]: a stable code, an owner (who has to act), a severity,
//! and evidence for support.
//!
//! Codes are read out over the phone, so they are `AR-` and three digits, grouped by hundreds, and are
//! never renumbered or used again. The words are not here: the window and the command line have tables
//! of their own, keyed by the code, in zh-CN and en.
//!
//! Over 400 lines: one catalogue: every code stands in one table, which is read and searched as a whole.

mod remedy;

pub use remedy::{ItNote, Remedy};

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::text::plain;

/// Who has to act, or what has to be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Owner {
    /// The key that was pasted.
    Key,
    /// The AIRouter account behind the key: balance, group, limits.
    Account,
    /// The network between this computer and the gateway.
    Network,
    /// The gateway and its upstream.
    Gateway,
    /// Claude Desktop.
    Claude,
    /// Settings or software of this computer.
    ThisComputer,
    /// An administrator's decision.
    CompanyPolicy,
    /// This program.
    AirouterSetup,
}

/// The severity. Sorted in descending order, the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Severity {
    /// Only information.
    Info,
    /// It works, but something may not.
    Warning,
    /// The flow cannot go on until it is fixed.
    Blocking,
}

macro_rules! catalogue {
    ($( $(#[$doc:meta])* $name:ident = $number:literal, $slug:literal, $owner:ident, $severity:ident; )*) => {
        /// What happened; codes are stable. Each has words in both languages and one action.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
        #[ts(export)]
        pub enum Code { $( $(#[$doc])* #[ts(rename = $number)] $name, )* }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Code] = &[ $( Code::$name, )* ];

            /// The code as people read and say it, such as `AR-401`.
            pub fn number(self) -> &'static str {
                match self { $( Code::$name => $number, )* }
            }

            /// A short English name for logs and tests, such as `key_rejected`.
            pub fn slug(self) -> &'static str {
                match self { $( Code::$name => $slug, )* }
            }

            /// Who has to act.
            pub fn owner(self) -> Owner {
                match self { $( Code::$name => Owner::$owner, )* }
            }

            /// The severity, unless the situation changes it (see [`Finding::softened`]).
            pub fn severity(self) -> Severity {
                match self { $( Code::$name => Severity::$severity, )* }
            }
        }
    };
}

catalogue! {
    // 1xx — this computer and Claude Desktop
    /// No Claude Desktop was found.
    ClaudeMissing = "AR-101", "claude_missing", Claude, Blocking;
    /// Claude Desktop is running where it must be closed.
    ClaudeRunning = "AR-102", "claude_running", Claude, Blocking;
    /// Claude was asked to quit and is still running.
    ClaudeStays = "AR-103", "claude_stays", Claude, Blocking;
    /// Claude could not be started.
    ClaudeNotStarted = "AR-104", "claude_not_started", Claude, Blocking;
    /// Claude Desktop is older than third-party inference.
    ClaudeTooOld = "AR-105", "claude_too_old", Claude, Blocking;
    /// The version of Claude Desktop is unknown; the newest rules are assumed.
    ClaudeVersionUnknown = "AR-106", "claude_version_unknown", Claude, Info;
    /// Claude must move the data of an earlier version itself, by being started once.
    ClaudeMustMove = "AR-107", "claude_must_move", Claude, Blocking;
    /// This program was started from inside Claude, where it sees other folders than Claude does.
    InsideClaude = "AR-108", "inside_claude", ThisComputer, Blocking;
    /// An administrator's configuration is in force; local settings do not count.
    ManagedByPolicy = "AR-110", "managed_by_policy", CompanyPolicy, Blocking;
    /// An administrator's file is there but Claude rejects it, and local settings with it.
    ManagedRejected = "AR-111", "managed_rejected", CompanyPolicy, Blocking;
    /// An administrator decides on updates only; local settings still count.
    ManagedAppOnly = "AR-112", "managed_app_only", CompanyPolicy, Info;
    /// This computer's system is not supported.
    SystemUnsupported = "AR-120", "system_unsupported", ThisComputer, Blocking;
    /// macOS did not let this program ask Claude to quit.
    AutomationRefused = "AR-121", "automation_refused", ThisComputer, Blocking;
    /// The app that calls itself Claude Desktop is signed by another maker, or not signed.
    ClaudeForeign = "AR-122", "claude_foreign", Claude, Blocking;
    /// Claude stays behind its icon; the person is asked to quit it there, and this program waits.
    QuitByHand = "AR-123", "quit_by_hand", Claude, Info;
    /// Claude runs with more rights than this program, so it can neither be asked nor ended.
    ClaudeElevated = "AR-124", "claude_elevated", Claude, Blocking;
    /// The system still has Claude's files in use; all is written, and Claude starts after a restart.
    RestartNeeded = "AR-125", "restart_needed", ThisComputer, Blocking;
    /// Claude's package or program is from a publisher that is not known as Anthropic.
    PublisherUnknown = "AR-126", "publisher_unknown", Claude, Warning;
    /// Claude has been running since before its configuration was written.
    ClaudeNotRestarted = "AR-131", "claude_not_restarted", Claude, Blocking;
    /// Variables for Claude Code are set and may take precedence over the written values.
    EnvironmentOverrides = "AR-132", "environment_overrides", ThisComputer, Warning;
    /// There is little disk space for Claude's own parts.
    DiskLow = "AR-133", "disk_low", ThisComputer, Info;
    /// Claude's virtual machine cannot run on this computer.
    NoVirtualisation = "AR-134", "no_virtualisation", ThisComputer, Info;
    /// The server from which Claude downloads its own parts cannot be reached.
    DownloadsUnreachable = "AR-135", "downloads_unreachable", Network, Info;
    /// Claude's engine for Code and Cowork sessions is not on this computer yet.
    EngineMissing = "AR-136", "engine_missing", Claude, Warning;
    /// The system's part that draws this program's window is missing.
    WindowEngineMissing = "AR-140", "window_engine_missing", ThisComputer, Blocking;
    /// The system's part that draws this program's window is too old for it.
    WindowEngineTooOld = "AR-141", "window_engine_too_old", ThisComputer, Blocking;
    /// This program's window could not be opened.
    WindowNotOpened = "AR-142", "window_not_opened", ThisComputer, Blocking;
    /// This program was started by a packaged app other than Claude, and Windows redirects what it writes.
    FoldersRedirected = "AR-143", "folders_redirected", ThisComputer, Blocking;
    /// This program runs as another account than the one that is signed in.
    OtherAccount = "AR-144", "other_account", ThisComputer, Blocking;

    // 2xx — the network
    /// This computer is not online.
    Offline = "AR-201", "offline", Network, Blocking;
    /// The host name could not be resolved.
    Dns = "AR-202", "dns", Network, Blocking;
    /// The host name resolves to this computer or a reserved address.
    DnsHijack = "AR-203", "dns_hijack", ThisComputer, Blocking;
    /// The connection was refused.
    TcpRefused = "AR-204", "tcp_refused", Network, Blocking;
    /// The connection was not answered in time.
    TcpTimeout = "AR-205", "tcp_timeout", Network, Blocking;
    /// Connected, but no reply in time.
    ReadTimeout = "AR-206", "read_timeout", Gateway, Blocking;
    /// The connection was cut.
    Reset = "AR-207", "reset", Network, Blocking;
    /// The computer's clock is wrong.
    TlsClock = "AR-211", "tls_clock", ThisComputer, Blocking;
    /// The gateway's certificate has expired.
    TlsExpired = "AR-212", "tls_expired", Gateway, Blocking;
    /// A program or device on the route decrypts encrypted traffic.
    TlsInspect = "AR-213", "tls_inspect", CompanyPolicy, Blocking;
    /// The certificate belongs to another name.
    TlsHost = "AR-214", "tls_host", Network, Blocking;
    /// The server does not use TLS as needed.
    TlsProto = "AR-215", "tls_proto", ThisComputer, Blocking;
    /// The gateway's certificate is not valid yet, and this computer's clock is not known to be wrong.
    TlsNotYetValid = "AR-216", "tls_not_yet_valid", Gateway, Blocking;
    /// The proxy asks for a name and a password.
    ProxyAuth = "AR-221", "proxy_auth", Network, Blocking;
    /// The proxy cannot be reached.
    ProxyDown = "AR-222", "proxy_down", ThisComputer, Blocking;
    /// The proxy refuses this site.
    ProxyBlock = "AR-223", "proxy_block", CompanyPolicy, Blocking;
    /// The Wi-Fi asks for a login first.
    CaptivePortal = "AR-224", "captive_portal", Network, Blocking;
    /// A web firewall blocked the request.
    WafBlock = "AR-225", "waf_block", Network, Blocking;
    /// The proxy is chosen by a script (PAC or WPAD), which could not be run.
    ProxyScript = "AR-226", "proxy_script", Network, Warning;
    /// The proxy's address cannot be read.
    ProxyInvalid = "AR-227", "proxy_invalid", ThisComputer, Blocking;

    // 3xx — the address
    /// The typed text is not a usable address.
    UrlInvalid = "AR-301", "url_lint", AirouterSetup, Blocking;
    /// The address was repaired; the person is told how.
    UrlRepaired = "AR-302", "url_repaired", AirouterSetup, Info;
    /// The address redirects to another one.
    Redirect = "AR-303", "redirect", AirouterSetup, Blocking;
    /// http was used where https is required.
    WrongScheme = "AR-304", "wrong_scheme", AirouterSetup, Blocking;
    /// The address opens a web page, not the API.
    HtmlPage = "AR-305", "html_page", AirouterSetup, Blocking;
    /// Nothing that Claude needs is served at this address.
    WrongBaseUrl = "AR-306", "wrong_base_url", AirouterSetup, Blocking;
    /// The address is for OpenAI-style programs only.
    OpenaiOnly = "AR-307", "openai_only", AirouterSetup, Blocking;
    /// The address answers, but not in the form of the Messages API.
    NotAnthropic = "AR-308", "not_anthropic", Gateway, Blocking;

    // 4xx — the key
    /// The pasted text holds no usable key.
    KeyLint = "AR-401", "key_lint", Key, Blocking;
    /// The key was not accepted.
    KeyRejected = "AR-402", "key_rejected", Key, Blocking;
    /// The key is disabled.
    KeyDisabled = "AR-403", "key_disabled", Key, Blocking;
    /// The key has expired.
    KeyExpired = "AR-404", "key_expired", Key, Blocking;
    /// The gateway does not read the header that carried the key.
    KeyMissing = "AR-405", "key_missing", AirouterSetup, Blocking;
    /// One of the two authentication headers is refused, the other accepted.
    AuthScheme = "AR-406", "auth_scheme", AirouterSetup, Info;
    /// The pasted text was cleaned; the person is told how.
    KeyCleaned = "AR-407", "key_cleaned", Key, Info;
    /// The key was pasted together with another address than the one that it would be sent to.
    KeyElsewhere = "AR-408", "key_elsewhere", Key, Blocking;
    /// The address that the person named is used, although another one was pasted with the key.
    AddressNamed = "AR-409", "address_named", Key, Info;

    // 5xx — the account
    /// The account is banned or inactive.
    AccountDisabled = "AR-501", "account_disabled", Account, Blocking;
    /// The key works only from certain addresses.
    IpBlocked = "AR-502", "ip_blocked", Account, Blocking;
    /// Balance or quota is used up.
    QuotaExhausted = "AR-503", "quota_exhausted", Account, Blocking;
    /// The key's group may not use Claude.
    NoClaudePermission = "AR-504", "no_claude_permission", Account, Blocking;
    /// The key may not use this model.
    ModelNotAllowed = "AR-505", "model_not_allowed", Account, Blocking;
    /// There is no such model.
    ModelNotFound = "AR-506", "model_not_found", Account, Blocking;
    /// The key works but has no Claude model.
    ModelsEmpty = "AR-507", "models_empty", Account, Blocking;
    /// The key works only with certain programs.
    ClientRestricted = "AR-508", "client_restricted", Account, Blocking;
    /// Too many requests.
    RateLimited = "AR-509", "rate_limited", Account, Blocking;
    /// Refused for an unknown reason.
    Forbidden = "AR-510", "forbidden", Account, Blocking;

    // 6xx — the gateway
    /// The gateway is down.
    GatewayDown = "AR-601", "gateway_down", Gateway, Blocking;
    /// No upstream channel is free for the model.
    NoChannel = "AR-602", "no_channel", Gateway, Blocking;
    /// Claude's service is busy.
    Overloaded = "AR-603", "overloaded", Gateway, Blocking;
    /// The gateway's upstream failed.
    UpstreamError = "AR-604", "upstream_error", Gateway, Blocking;
    /// The list of models is not offered; ids must be typed.
    ModelsNotListed = "AR-605", "models_not_listed", Gateway, Warning;
    /// Answers do not stream.
    StreamBroken = "AR-606", "stream_broken", Gateway, Blocking;
    /// Tools do not work.
    ToolsBroken = "AR-607", "tools_broken", Gateway, Blocking;
    /// No haiku-tier model: titles and side tasks may fail.
    NoSmallModel = "AR-608", "no_small_model", Gateway, Warning;
    /// The gateway did not accept this program's request.
    BadRequest = "AR-609", "bad_request", AirouterSetup, Blocking;
    /// Streams cannot be used, but Claude asks again for a whole answer and gets it.
    StreamFallback = "AR-610", "stream_fallback", Gateway, Warning;
    /// Replies are not in the encoding that their header names.
    EncodingBroken = "AR-611", "encoding_broken", Gateway, Blocking;
    /// A part of every request of Claude's is refused.
    PartRefused = "AR-612", "part_refused", Gateway, Blocking;
    /// Answers are empty.
    EmptyAnswer = "AR-613", "empty_answer", Gateway, Blocking;
    /// The token counts make Claude take each conversation for too long.
    UsageBroken = "AR-614", "usage_broken", Gateway, Blocking;
    /// Answers lack a field without which older programs fail.
    AnswerOdd = "AR-615", "answer_odd", Gateway, Warning;
    /// Streams are valid, whole answers are not.
    WholeAnswerOdd = "AR-616", "whole_answer_odd", Gateway, Warning;

    // 7xx — Claude's configuration
    /// A file of Claude's is not in the expected form; nothing is written.
    FileNotUnderstood = "AR-701", "file_not_understood", ThisComputer, Blocking;
    /// A file or folder could not be written.
    CannotWrite = "AR-702", "cannot_write", ThisComputer, Blocking;
    /// A file changed between observing and writing.
    ChangedMeanwhile = "AR-703", "changed_meanwhile", ThisComputer, Blocking;
    /// Reading back gave something else than what was written.
    NotAsWritten = "AR-704", "not_as_written", ThisComputer, Blocking;
    /// None of the chosen models would be shown by Claude.
    NoUsableModel = "AR-705", "no_usable_model", AirouterSetup, Blocking;
    /// A chosen model would be dropped by Claude.
    ModelNotForClaude = "AR-706", "model_not_for_claude", Claude, Blocking;
    /// Another copy of this program is writing.
    AnotherCopy = "AR-707", "another_copy", AirouterSetup, Blocking;
    /// Nothing to undo.
    NothingToUndo = "AR-708", "nothing_to_undo", AirouterSetup, Info;
    /// Undo did not restore a value, because it was changed later.
    UndoLeft = "AR-709", "undo_left", ThisComputer, Warning;
    /// Claude Desktop is not connected by this program.
    NotConnected = "AR-710", "not_connected", AirouterSetup, Info;
    /// A value is no longer what was written.
    Drifted = "AR-711", "drifted", ThisComputer, Blocking;
    /// Another provider's profile is in use and will be kept beside ours.
    OtherProfile = "AR-712", "other_profile", ThisComputer, Info;
    /// The configuration was written, but not tested in Claude.
    NotProved = "AR-713", "not_proved", Claude, Warning;
    /// The program was interrupted during its changes; they were rolled back or completed.
    Resumed = "AR-714", "resumed", AirouterSetup, Info;
    /// The program was interrupted during its changes, and they wait until Claude is closed.
    Interrupted = "AR-715", "interrupted", AirouterSetup, Blocking;
    /// The selected profile of another program uses a local relay that does not answer.
    DeadRelay = "AR-716", "dead_relay", ThisComputer, Warning;
    /// A host to be allowed for Claude's tools is not one that Claude accepts.
    HostInvalid = "AR-717", "host_invalid", AirouterSetup, Blocking;
    /// The id of the selected profile is not one that Claude accepts.
    SelectionMalformed = "AR-721", "selection_malformed", ThisComputer, Blocking;
    /// The selected profile is not in the list, or has no file.
    ProfileMissing = "AR-722", "profile_missing", ThisComputer, Blocking;
    /// Claude recorded that it is to start in its ordinary mode.
    ModeIsOrdinary = "AR-723", "mode_is_ordinary", Claude, Blocking;
    /// Claude will ask on its sign-in screen which mode to use.
    ModeNotChosen = "AR-724", "mode_not_chosen", Claude, Warning;
    /// The configuration in force names another provider than a gateway, or none.
    ProviderNotGateway = "AR-725", "provider_not_gateway", ThisComputer, Blocking;
    /// The address in the configuration is another one, or one that Claude refuses.
    ProfileAddress = "AR-726", "profile_address", ThisComputer, Blocking;
    /// The address in the configuration ends in what Claude adds itself.
    AddressEnding = "AR-727", "address_ending", ThisComputer, Blocking;
    /// The configuration names no key that Claude could use.
    CredentialUnusable = "AR-728", "credential_unusable", ThisComputer, Blocking;
    /// The configured helper program cannot be started.
    HelperPath = "AR-729", "helper_path", ThisComputer, Blocking;
    /// The configuration has both a written key and a helper program.
    TwoCredentials = "AR-730", "two_credentials", ThisComputer, Warning;
    /// The stored key is not the one that Claude uses.
    KeyDiffers = "AR-731", "key_differs", ThisComputer, Warning;
    /// The folders that Claude may read hold different configurations.
    CopiesDiffer = "AR-732", "copies_differ", ThisComputer, Blocking;
    /// The administrator's configuration was left there by another tool.
    PolicyLeftover = "AR-733", "policy_leftover", ThisComputer, Blocking;
    /// A model is listed twice.
    ModelDoubled = "AR-734", "model_doubled", ThisComputer, Warning;
    /// The history is filed under another id than before.
    HistoryMoved = "AR-735", "history_moved", ThisComputer, Warning;
    /// The configuration holds keys that the running Claude does not know.
    KeysTooNew = "AR-736", "keys_too_new", Claude, Warning;
    /// The extra headers hold a key in plain text.
    SecretInHeaders = "AR-737", "secret_in_headers", ThisComputer, Warning;
    /// Claude's list of profiles refers to something else.
    PointedElsewhere = "AR-738", "pointed_elsewhere", CompanyPolicy, Blocking;
    /// A value of the configuration has the wrong type.
    ValueMistyped = "AR-739", "value_mistyped", ThisComputer, Blocking;
    /// Claude ignores a setting: it does not know the name, or does not accept the value.
    SettingIgnored = "AR-740", "setting_ignored", ThisComputer, Warning;
    /// Values of the selected profile will no longer count when ours is selected.
    SettingsLeftBehind = "AR-741", "settings_left_behind", ThisComputer, Warning;
    /// Not everything could be restored yet; the rest remains in the journal.
    UndoUnfinished = "AR-745", "undo_unfinished", ThisComputer, Blocking;
    /// This program's journal cannot be used: broken, unreadable, or of a newer version.
    JournalUnusable = "AR-746", "journal_unusable", AirouterSetup, Blocking;
    /// A file of Claude's was damaged; a copy of it lies beside the new one.
    FileKeptAside = "AR-747", "file_kept_aside", ThisComputer, Warning;
    /// This program's journal could not be used and was set aside.
    JournalSetAside = "AR-748", "journal_set_aside", AirouterSetup, Warning;

    // 8xx — the keychain and the helper
    /// There is no keychain on this computer.
    KeychainMissing = "AR-801", "keychain_missing", ThisComputer, Blocking;
    /// The keychain is locked, or the person refused.
    KeychainLocked = "AR-802", "keychain_locked", ThisComputer, Blocking;
    /// The key is too long for the keychain.
    KeyTooLong = "AR-803", "key_too_long", ThisComputer, Blocking;
    /// No key is stored.
    KeyNotStored = "AR-804", "key_not_stored", ThisComputer, Blocking;
    /// The helper program is missing or does not run.
    HelperBroken = "AR-805", "helper_broken", AirouterSetup, Blocking;
    /// The key is in the profile in plain text, as chosen.
    KeyInProfile = "AR-806", "key_in_profile", ThisComputer, Warning;
    /// A key was to be written where others could read it; nothing was written.
    PlaceNotPrivate = "AR-807", "place_not_private", ThisComputer, Blocking;
    /// Others may change Claude's configuration, and with it the program that Claude runs to get the key.
    OthersMayChange = "AR-808", "others_may_change", ThisComputer, Warning;

    // 85x — what Claude's log said after the start
    /// Claude started in its ordinary mode.
    ProofOrdinaryMode = "AR-851", "proof_ordinary_mode", Claude, Blocking;
    /// Claude uses another address.
    ProofOtherHost = "AR-852", "proof_other_host", Claude, Blocking;
    /// Claude refused the configuration.
    ProofRefused = "AR-853", "proof_refused", Claude, Blocking;
    /// Claude could not get the key from the helper.
    ProofHelper = "AR-854", "proof_helper", Claude, Blocking;
    /// Claude shows no model.
    ProofNoModels = "AR-855", "proof_no_models", Claude, Blocking;
    /// Claude's log said nothing in time.
    ProofSilent = "AR-856", "proof_silent", Claude, Warning;
    /// Claude started in gateway mode but its own health check failed.
    ProofUnhealthy = "AR-857", "proof_unhealthy", Claude, Warning;
    /// Claude started through the gateway: proved.
    Proved = "AR-860", "proved", Claude, Info;
    /// The report still held something private; no file was made.
    ReportNotClean = "AR-861", "report_not_clean", AirouterSetup, Blocking;
    /// A file or a text is not one of Claude's reports.
    ClaudeReportUnreadable = "AR-862", "claude_report_unreadable", ThisComputer, Blocking;
    /// Claude says that it could not read a part of its configuration.
    ClaudeReportErrors = "AR-863", "claude_report_errors", Claude, Blocking;
    /// Claude read other values than those that were written.
    ClaudeReportDiffers = "AR-864", "claude_report_differs", Claude, Blocking;
    /// Claude says that it has no key.
    ClaudeReportNoKey = "AR-865", "claude_report_no_key", Claude, Blocking;
    /// Claude read no configuration at all.
    ClaudeReportEmpty = "AR-866", "claude_report_empty", Claude, Blocking;
    /// Claude read what was written.
    ClaudeReportAgrees = "AR-867", "claude_report_agrees", Claude, Info;
    /// Nothing in Claude's report shows that it read the configuration.
    ClaudeReportSilent = "AR-868", "claude_report_silent", Claude, Warning;

    // 9xx — this program
    /// An error of this program.
    Crashed = "AR-901", "crashed", AirouterSetup, Blocking;
    /// The person stopped it.
    Cancelled = "AR-902", "cancelled", AirouterSetup, Info;
    /// A preset file is not valid.
    PresetInvalid = "AR-903", "preset_invalid", AirouterSetup, Blocking;
    /// A preset has expired.
    PresetExpired = "AR-904", "preset_expired", AirouterSetup, Blocking;
    /// A preset holds something that looks like a key, which no preset may hold.
    PresetHoldsKey = "AR-905", "preset_holds_key", AirouterSetup, Blocking;
    /// A preset's signature is wrong: it was changed, or signed with another key.
    PresetSignature = "AR-906", "preset_signature", AirouterSetup, Blocking;
    /// A preset is signed with a key that this program does not know.
    PresetSignerUnknown = "AR-907", "preset_signer_unknown", AirouterSetup, Info;
    /// There is no connection to make a preset or an export from.
    NothingToExport = "AR-908", "nothing_to_export", AirouterSetup, Blocking;
    /// The files for administrators hold the key in plain text, as requested.
    ExportHoldsKey = "AR-909", "export_holds_key", Key, Warning;
    /// A value is not one that Claude would accept from an administrator.
    ExportInvalid = "AR-910", "export_invalid", AirouterSetup, Blocking;
    /// The folder for the export is not empty, or cannot be written.
    ExportPlace = "AR-911", "export_place", ThisComputer, Blocking;
    /// The exported connection was not proved on this computer.
    ExportUnproved = "AR-912", "export_unproved", AirouterSetup, Warning;
    /// A key was to be typed, but there is no terminal to type it on.
    NoTerminal = "AR-913", "no_terminal", ThisComputer, Blocking;

    // 94x — rehearsals
    /// The sandbox for a rehearsal could not be created.
    RehearsalNotSet = "AR-940", "rehearsal_not_set", AirouterSetup, Blocking;
    /// A rehearsal ended differently than its scenario says.
    RehearsalDiffers = "AR-941", "rehearsal_differs", AirouterSetup, Blocking;

    // 95x — the helper program
    /// The helper program is not removed, because a profile of Claude's names it.
    HelperNeeded = "AR-950", "helper_needed", AirouterSetup, Info;
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.number())
    }
}

impl JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    /// The schema gives the form and not today's list: codes are added, and none ever changes its meaning.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": r"^AR-\d{3}$"})
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number(), self.slug())
    }
}

/// One outcome. `evidence` is for support: short facts such as a status, a path or a key name, in the
/// order in which they were found. It never holds a secret: text from outside goes through
/// [`crate::secret::masked`] first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Finding {
    /// What happened.
    pub code: Code,
    /// Who has to act.
    pub owner: Owner,
    /// The severity in this situation.
    pub severity: Severity,
    /// Facts by name.
    pub evidence: Vec<Evidence>,
}

/// One fact behind a finding, such as `status` = `401`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Evidence {
    /// The fact's name: a stable word that the word tables may use as a parameter.
    pub name: String,
    /// The fact.
    pub value: String,
}

impl Evidence {
    /// A fact by its name. The value is made safe to show, see [`crate::text::plain`].
    pub fn new(name: &str, value: impl ToString) -> Self {
        Self { name: name.to_owned(), value: plain(&value.to_string()) }
    }
}

impl Finding {
    /// A finding with the owner and the severity of its code, and no evidence yet.
    pub fn new(code: Code) -> Self {
        Self { code, owner: code.owner(), severity: code.severity(), evidence: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.evidence.push(Evidence::new(name, value));
        self
    }

    /// A fact's value by its name, if it was found.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.evidence.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
    }

    /// The same finding as a blocking one, where it prevents what was requested.
    #[must_use]
    pub fn hardened(mut self) -> Self {
        self.severity = Severity::Blocking;
        self
    }

    /// The same finding as a warning, where the flow can go on in spite of it.
    #[must_use]
    pub fn softened(mut self) -> Self {
        self.severity = self.severity.min(Severity::Warning);
        self
    }

    /// True when the flow cannot go on.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Blocking
    }
}

/// Sorts worst first; equally bad ones stay in the order in which they were found.
pub fn worst_first(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_rise() {
        for pair in Code::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number(), "{} must come before {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn slugs_are_unique() {
        let slugs: std::collections::HashSet<_> = Code::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(slugs.len(), Code::ALL.len(), "two codes share a slug");
    }

    #[test]
    fn worst_come_first() {
        let mut findings =
            vec![Finding::new(Code::UrlRepaired), Finding::new(Code::NoSmallModel), Finding::new(Code::KeyRejected)];
        worst_first(&mut findings);
        assert_eq!(findings[0].code, Code::KeyRejected);
        assert_eq!(findings[2].code, Code::UrlRepaired);
    }
}
