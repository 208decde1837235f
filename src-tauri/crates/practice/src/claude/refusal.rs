//! Why a configuration, or a part of the computer's state, is not used.
//!
//! The texts follow the fragments that integrators quote from real logs; no value of the configuration is
//! ever part of one, so a key cannot end up in a log.

use std::fmt;

use super::strict_json::JsonFault;

/// A reason to start in ordinary mode, or not to use a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The managed file or its folder can be changed by someone who is not the system's owner.
    ManagedUntrusted(Distrust),
    /// The managed file is not a JSON object.
    ManagedUnreadable(JsonFault),
    /// The managed file has a key that this version does not know.
    ManagedUnknownKey(String),
    /// `_meta.json` or a profile is open to other people, or is no plain file.
    Exposed(LibraryFile),
    /// `_meta.json` or a profile is not a JSON object.
    Unreadable(LibraryFile, JsonFault),
    /// There is no file for the applied id.
    ProfileMissing,
    /// `appliedId` is not a lower-case bare UUID.
    AppliedIdShape,
    /// `appliedId` is not among the entries.
    AppliedIdNotListed,
    /// `_meta.json` points elsewhere by `hybridPointer`.
    HybridPointer,
    /// A value is not of its key's type or range.
    WrongType(&'static str),
    /// The provider is none of those that are played here.
    Provider,
    /// The address cannot be used.
    Address(AddressFault),
    /// There is no credential of the kind that is named.
    NoCredential,
    /// The credential kind is unknown to this version, or not played here.
    CredentialKind,
    /// The key is empty or has characters that no header can carry.
    BadKey,
    /// The credential helper is not an absolute path.
    HelperNotAbsolute,
    /// A custom header cannot be sent, or carries a credential.
    Header,
    /// The model list cannot be used.
    Models(ModelsFault),
}

/// A file of the local library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibraryFile {
    /// The folder itself.
    Folder,
    /// `_meta.json`.
    Meta,
    /// `<appliedId>.json`.
    Profile,
}

/// Why the managed file is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// It is a link, or something else than a file in a folder.
    NotPlain,
    /// It belongs to somebody else.
    Owner,
    /// Group or others may write it.
    Writable,
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// There is none.
    Missing,
    /// It does not parse, or has a query or a fragment.
    Unreadable,
    /// Plain http beyond loopback, or another scheme.
    NotSecure,
    /// It carries a user name or password.
    UserInfo,
    /// It ends in a slash.
    TrailingSlash,
    /// It ends in `/v1`, which the app adds itself.
    Version,
}

/// What is wrong with a model list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelsFault {
    /// An item is neither a text nor an object with a name and known fields.
    Item,
    /// A name is empty or has spaces around it.
    Name,
    /// A name carries `[1m]`.
    Marked1m,
    /// `opusplan`.
    OpusPlan,
    /// A name stands twice.
    Doubled,
    /// More than 200.
    TooMany,
    /// An id is not recognised as Claude's, in a version that refuses the whole list for it.
    NotAnthropic,
    /// Discovery is off, and the list is empty or names a bare alias.
    NeedsDiscovery,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManagedUntrusted(fault) => write!(f, "managed-settings.json: {}", fault.text()),
            Self::ManagedUnreadable(fault) => write!(f, "managed-settings.json: {fault}"),
            Self::ManagedUnknownKey(key) => write!(f, "managed-settings.json: {key}: not a recognized configuration key"),
            Self::Exposed(file) => write!(f, "{}: must be a plain file or folder open to its owner only", file.text()),
            Self::Unreadable(file, fault) => write!(f, "{}: {fault}", file.text()),
            Self::ProfileMissing => f.write_str("applied profile: no such file"),
            Self::AppliedIdShape => f.write_str("_meta.json: appliedId: invalid"),
            Self::AppliedIdNotListed => f.write_str("_meta.json: appliedId: not among entries"),
            Self::HybridPointer => f.write_str("_meta.json: hybridPointer takes the place of the local profile"),
            Self::WrongType(key) => write!(f, "{key}: invalid type or value"),
            Self::Provider => f.write_str("inferenceProvider: not available"),
            Self::Address(fault) => write!(f, "baseUrl: {}", fault.text()),
            Self::NoCredential => f.write_str(
                "no credential configured for provider \"gateway\": set inferenceCredentialKind or one of the credential fields",
            ),
            Self::CredentialKind => f.write_str("inferenceCredentialKind: not available"),
            Self::BadKey => f.write_str("inferenceGatewayApiKey: must be non-empty visible text"),
            Self::HelperNotAbsolute => f.write_str("inferenceCredentialHelper: must be an absolute path"),
            Self::Header => f.write_str("inferenceCustomHeaders: invalid name or value"),
            Self::Models(fault) => write!(f, "inferenceModels: {}", fault.text()),
        }
    }
}

impl LibraryFile {
    fn text(self) -> &'static str {
        match self {
            Self::Folder => "configLibrary",
            Self::Meta => "_meta.json",
            Self::Profile => "applied profile",
        }
    }
}

impl Distrust {
    fn text(self) -> &'static str {
        match self {
            Self::NotPlain => "must be a regular file in a regular folder, not a link",
            Self::Owner => "must be owned by root",
            Self::Writable => "must not be group- or world-writable",
        }
    }
}

impl AddressFault {
    fn text(self) -> &'static str {
        match self {
            Self::Missing => "Required",
            Self::Unreadable => "invalid URL",
            Self::NotSecure => "must use https (or http on loopback)",
            Self::UserInfo => "must not contain credentials",
            Self::TrailingSlash => "must not end with a slash",
            Self::Version => "must not end with /v1",
        }
    }
}

impl ModelsFault {
    fn text(self) -> &'static str {
        match self {
            Self::Item => "invalid item",
            Self::Name => "invalid name",
            Self::Marked1m => "[1m] is not part of a model name; use supports1m",
            Self::OpusPlan => "opusplan is not a model",
            Self::Doubled => "names must be unique",
            Self::TooMany => "at most 200 items",
            Self::NotAnthropic => "contains an id that is not an Anthropic model",
            Self::NeedsDiscovery => "full model ids are required when modelDiscoveryEnabled is false",
        }
    }
}
