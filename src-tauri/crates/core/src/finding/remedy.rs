//! What this program can do about a finding: one remedy a code, which a front end may offer as a button.
//!
//! A finding whose remedy is outside this program has none; its words say what to do. Every code is named, so
//! that a new one cannot be added without this decision.

use serde::Serialize;
use ts_rs::TS;

use super::Code;

/// What can be done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Remedy {
    /// Open the page where Claude Desktop is downloaded.
    DownloadClaude,
    /// Open the gateway's console.
    OpenConsole,
    /// Add credit in the gateway's console.
    TopUp,
    /// Copy a note for the company's administrators, see [`Code::note_for_it`].
    CopyForIt,
    /// Type a proxy.
    UseProxy,
    /// Use the preset's own address.
    UsePresetAddress,
    /// Give another key.
    ReplaceKey,
    /// Choose the models again.
    ChooseModels,
    /// Write again what was written.
    Repair,
    /// Do the same once more.
    Retry,
    /// End Claude without asking it, after the person has agreed to lose what it has not saved.
    EndClaude,
    /// Go back to Anthropic's own sign-in.
    Leave,
}

impl Remedy {
    /// All remedies.
    pub const ALL: [Self; 12] = [
        Self::DownloadClaude,
        Self::OpenConsole,
        Self::TopUp,
        Self::CopyForIt,
        Self::UseProxy,
        Self::UsePresetAddress,
        Self::ReplaceKey,
        Self::ChooseModels,
        Self::Repair,
        Self::Retry,
        Self::EndClaude,
        Self::Leave,
    ];

    /// True when the remedy is what helps, and another try of the same is not.
    pub fn replaces_retry(self) -> bool {
        !matches!(self, Self::Retry | Self::CopyForIt | Self::EndClaude | Self::Leave)
    }

    /// True when the gateway's console is needed, which not every preset has.
    pub fn needs_console(self) -> bool {
        matches!(self, Self::OpenConsole | Self::TopUp)
    }
}

/// What a note for the company's administrators asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum ItNote {
    /// Change how Claude Desktop is managed.
    Policy,
    /// Let the connection to the gateway through.
    Network,
}

impl ItNote {
    /// All notes.
    pub const ALL: [Self; 2] = [Self::Policy, Self::Network];
}

impl Code {
    /// What this program can do about it, if anything.
    pub fn remedy(self) -> Option<Remedy> {
        match self {
            Code::ClaudeMissing | Code::ClaudeTooOld | Code::ClaudeForeign | Code::PublisherUnknown => {
                Some(Remedy::DownloadClaude)
            }
            Code::KeyRejected
            | Code::KeyDisabled
            | Code::KeyExpired
            | Code::AccountDisabled
            | Code::IpBlocked
            | Code::NoClaudePermission
            | Code::ModelNotAllowed
            | Code::ModelsEmpty
            | Code::ClientRestricted
            | Code::Forbidden
            | Code::ModelsNotListed
            | Code::NoSmallModel => Some(Remedy::OpenConsole),
            Code::QuotaExhausted => Some(Remedy::TopUp),
            Code::ManagedByPolicy
            | Code::ManagedRejected
            | Code::TlsInspect
            | Code::ProxyBlock
            | Code::PointedElsewhere => Some(Remedy::CopyForIt),
            Code::ProxyAuth | Code::ProxyScript | Code::ProxyInvalid => Some(Remedy::UseProxy),
            Code::UrlInvalid
            | Code::Redirect
            | Code::WrongScheme
            | Code::HtmlPage
            | Code::WrongBaseUrl
            | Code::OpenaiOnly
            | Code::NotAnthropic => Some(Remedy::UsePresetAddress),
            Code::KeyDiffers | Code::KeyTooLong | Code::KeyNotStored | Code::ClaudeReportNoKey => {
                Some(Remedy::ReplaceKey)
            }
            Code::ModelNotFound
            | Code::NoUsableModel
            | Code::ModelNotForClaude
            | Code::ModelDoubled
            | Code::ProofNoModels => Some(Remedy::ChooseModels),
            Code::Drifted
            | Code::SelectionMalformed
            | Code::ProfileMissing
            | Code::ModeIsOrdinary
            | Code::ModeNotChosen
            | Code::ProviderNotGateway
            | Code::ProfileAddress
            | Code::AddressEnding
            | Code::CredentialUnusable
            | Code::HelperPath
            | Code::TwoCredentials
            | Code::CopiesDiffer
            | Code::HistoryMoved
            | Code::ValueMistyped
            | Code::ClaudeReportErrors
            | Code::ClaudeReportDiffers => Some(Remedy::Repair),
            Code::ClaudeStays => Some(Remedy::EndClaude),
            Code::ClaudeRunning
            | Code::QuitByHand
            | Code::ClaudeElevated
            | Code::RestartNeeded
            | Code::ClaudeNotStarted
            | Code::ClaudeMustMove
            | Code::AutomationRefused
            | Code::ClaudeNotRestarted
            | Code::EnvironmentOverrides
            | Code::DiskLow
            | Code::DownloadsUnreachable
            | Code::Offline
            | Code::Dns
            | Code::DnsHijack
            | Code::TcpRefused
            | Code::TcpTimeout
            | Code::ReadTimeout
            | Code::Reset
            | Code::TlsClock
            | Code::TlsHost
            | Code::TlsProto
            | Code::TlsNotYetValid
            | Code::ProxyDown
            | Code::CaptivePortal
            | Code::WafBlock
            | Code::KeyMissing
            | Code::RateLimited
            | Code::GatewayDown
            | Code::NoChannel
            | Code::Overloaded
            | Code::UpstreamError
            | Code::StreamBroken
            | Code::CannotWrite
            | Code::ChangedMeanwhile
            | Code::NotAsWritten
            | Code::AnotherCopy
            | Code::Interrupted
            | Code::UndoUnfinished
            | Code::KeychainLocked
            | Code::ProofOrdinaryMode
            | Code::ProofOtherHost
            | Code::ProofHelper
            | Code::ProofSilent
            | Code::Crashed => Some(Remedy::Retry),
            Code::DeadRelay => Some(Remedy::Leave),
            // Its words say what to do, or there is nothing to do.
            Code::ClaudeVersionUnknown
            | Code::InsideClaude
            | Code::FoldersRedirected
            | Code::OtherAccount
            | Code::ManagedAppOnly
            | Code::SystemUnsupported
            | Code::NoVirtualisation
            | Code::EngineMissing
            | Code::WindowEngineMissing
            | Code::WindowEngineTooOld
            | Code::WindowNotOpened
            | Code::TlsExpired
            | Code::UrlRepaired
            | Code::KeyLint
            | Code::AuthScheme
            | Code::KeyCleaned
            | Code::KeyElsewhere
            | Code::AddressNamed
            | Code::ToolsBroken
            | Code::BadRequest
            | Code::StreamFallback
            | Code::EncodingBroken
            | Code::PartRefused
            | Code::EmptyAnswer
            | Code::UsageBroken
            | Code::AnswerOdd
            | Code::WholeAnswerOdd
            | Code::FileNotUnderstood
            | Code::NothingToUndo
            | Code::UndoLeft
            | Code::NotConnected
            | Code::OtherProfile
            | Code::NotProved
            | Code::Resumed
            | Code::HostInvalid
            | Code::PolicyLeftover
            | Code::KeysTooNew
            | Code::SecretInHeaders
            | Code::SettingIgnored
            | Code::SettingsLeftBehind
            | Code::JournalUnusable
            | Code::FileKeptAside
            | Code::JournalSetAside
            | Code::KeychainMissing
            | Code::HelperBroken
            | Code::KeyInProfile
            | Code::PlaceNotPrivate
            | Code::OthersMayChange
            | Code::ProofRefused
            | Code::ProofUnhealthy
            | Code::Proved
            | Code::ReportNotClean
            | Code::ClaudeReportUnreadable
            | Code::ClaudeReportEmpty
            | Code::ClaudeReportAgrees
            | Code::ClaudeReportSilent
            | Code::Cancelled
            | Code::PresetInvalid
            | Code::PresetExpired
            | Code::PresetHoldsKey
            | Code::PresetSignature
            | Code::PresetSignerUnknown
            | Code::NothingToExport
            | Code::ExportHoldsKey
            | Code::ExportInvalid
            | Code::ExportPlace
            | Code::ExportUnproved
            | Code::NoTerminal
            | Code::RehearsalNotSet
            | Code::RehearsalDiffers
            | Code::HelperNeeded => None,
        }
    }

    /// What the company's administrators are asked for, where the remedy is a note for them.
    pub fn note_for_it(self) -> Option<ItNote> {
        match self {
            Code::ManagedByPolicy | Code::ManagedRejected | Code::PointedElsewhere => Some(ItNote::Policy),
            Code::TlsInspect | Code::ProxyBlock => Some(ItNote::Network),
            _ => None,
        }
    }

    /// True when compatibility mode (the key in the profile) avoids it: it lies between Claude and the
    /// system's key store.
    pub fn is_avoided_by_static_key(self) -> bool {
        matches!(
            self,
            Code::KeychainMissing | Code::KeychainLocked | Code::KeyTooLong | Code::HelperBroken | Code::ProofHelper
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_remedy_helps_with_something() {
        for remedy in Remedy::ALL {
            assert!(Code::ALL.iter().any(|code| code.remedy() == Some(remedy)), "{remedy:?}");
        }
    }

    #[test]
    fn a_note_for_administrators_is_about_something() {
        for code in Code::ALL {
            assert_eq!(code.remedy() == Some(Remedy::CopyForIt), code.note_for_it().is_some(), "{code}");
        }
    }

    #[test]
    fn a_key_in_the_profile_does_not_help_with_the_key_itself() {
        assert!(Code::KeychainMissing.is_avoided_by_static_key());
        assert!(!Code::KeyRejected.is_avoided_by_static_key() && !Code::KeyNotStored.is_avoided_by_static_key());
    }
}
