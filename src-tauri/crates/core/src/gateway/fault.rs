//! What can happen when no reply comes.
//!
//! Texts of network errors differ between systems and TLS libraries, so whoever holds the real error
//! sorts it by type into these kinds; here they only get their code.

use crate::finding::{Code, Finding};

/// Why there is no reply. The platform's network part fills it from error types, texts last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetFault {
    /// The name could not be looked up.
    Dns,
    /// The name leads to a private or made-up address and the connection failed.
    DnsHijack,
    /// No network at all.
    Offline,
    /// The connection was refused.
    TcpRefused,
    /// Connecting, or the TLS handshake, took too long.
    TcpTimeout,
    /// Connected, but the reply took too long.
    ReadTimeout,
    /// The connection was cut, during the handshake, before a reply or within a body.
    Reset,
    /// The certificate has expired, as this computer's clock sees it.
    TlsExpired,
    /// The certificate is not valid yet, as this computer's clock sees it.
    TlsNotYetValid,
    /// The certificate's issuer is not trusted.
    TlsInspect {
        /// Who issued it, if it could be read: the name of an office or an antivirus program.
        issuer: Option<String>,
    },
    /// The certificate is for another name.
    TlsHost,
    /// The other side speaks no TLS, or none in common.
    TlsProto,
    /// The other side speaks plain http where TLS was tried.
    SpeaksHttp,
    /// The proxy wants a name and a password.
    ProxyAuth,
    /// The proxy cannot be reached.
    ProxyDown,
    /// The proxy refused to connect to this host.
    ProxyBlock,
    /// The body is encoded in another way than it says, or ends in the middle of the encoding.
    Encoding,
    /// The head or the body was longer than any right answer's.
    TooLarge,
    /// The header could not be made: the key holds a character that a header may not hold.
    BadHeader,
    /// Something else went wrong on the way.
    Other,
}

impl NetFault {
    /// The code of it. `clock_is_off` is true when this computer's clock is known to be more than a
    /// day wrong: a certificate that has expired or is not valid yet is then the clock's fault, not
    /// the gateway's.
    pub fn code(&self, clock_is_off: bool) -> Code {
        match self {
            Self::Dns => Code::Dns,
            Self::DnsHijack => Code::DnsHijack,
            Self::Offline => Code::Offline,
            Self::TcpRefused => Code::TcpRefused,
            Self::TcpTimeout => Code::TcpTimeout,
            Self::ReadTimeout => Code::ReadTimeout,
            Self::TlsExpired if clock_is_off => Code::TlsClock,
            Self::TlsExpired => Code::TlsExpired,
            Self::TlsNotYetValid if clock_is_off => Code::TlsClock,
            // "Expired" would be untrue, and blaming a clock that is right would send people the wrong way.
            Self::TlsNotYetValid => Code::TlsNotYetValid,
            Self::TlsInspect { .. } => Code::TlsInspect,
            Self::TlsHost => Code::TlsHost,
            Self::TlsProto => Code::TlsProto,
            Self::SpeaksHttp => Code::WrongScheme,
            Self::ProxyAuth => Code::ProxyAuth,
            Self::ProxyDown => Code::ProxyDown,
            Self::ProxyBlock => Code::ProxyBlock,
            Self::TooLarge => Code::NotAnthropic,
            Self::Encoding => Code::EncodingBroken,
            Self::BadHeader => Code::KeyLint,
            // An unknown failure on the way reads best as "the connection was cut".
            Self::Reset | Self::Other => Code::Reset,
        }
    }

    /// The same as a finding, with the certificate's issuer as evidence where it is known.
    pub fn finding(&self, clock_is_off: bool) -> Finding {
        let finding = Finding::new(self.code(clock_is_off));
        match self {
            Self::TlsInspect { issuer: Some(issuer) } => {
                finding.with("issuer", super::evidence::shortened(&crate::secret::masked(issuer)))
            }
            _ => finding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fault: NetFault, clock_is_off: bool, expected: Code) {
        assert_eq!(fault.code(clock_is_off), expected);
    }

    #[test]
    fn an_expired_certificate_may_be_the_clock() {
        check(NetFault::TlsExpired, true, Code::TlsClock);
        check(NetFault::TlsExpired, false, Code::TlsExpired);
        check(NetFault::TlsNotYetValid, true, Code::TlsClock);
        check(NetFault::TlsNotYetValid, false, Code::TlsNotYetValid);
    }

    #[test]
    fn a_header_that_cannot_be_made_is_the_key() {
        check(NetFault::BadHeader, false, Code::KeyLint);
    }

    #[test]
    fn the_issuer_is_evidence() {
        let finding = NetFault::TlsInspect { issuer: Some("Office Root CA".to_owned()) }.finding(false);
        assert_eq!(finding.evidence[0].value, "Office Root CA");
    }
}
