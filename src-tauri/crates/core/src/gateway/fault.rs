//! Why no reply came.
//!
//! Texts of network errors differ between systems and TLS libraries, so the platform sorts the errors by
//! type into these kinds; here they only get their code.

use crate::finding::{Code, Finding};

/// Why there is no reply. The platform's network part decides by error types, and by texts only where no
/// type tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetFault {
    /// The name could not be resolved.
    Dns,
    /// The name resolves to a private or reserved address and the connection failed.
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
        /// Subject issued it, if it could be read: the name of an office or an antivirus program.
        issuer: Option<String>,
    },
    /// The certificate is for another name.
    TlsHost,
    /// The server does not speak TLS, or no common version of it.
    TlsProto,
    /// The server speaks plain http where TLS was tried.
    SpeaksHttp,
    /// The proxy asks for a name and a password.
    ProxyAuth,
    /// The proxy cannot be reached.
    ProxyDown,
    /// The proxy refused to connect to this host.
    ProxyBlock,
    /// The body is not in the encoding that its header names, or ends within it.
    Encoding,
    /// The head or the body was longer than that of any correct answer.
    TooLarge,
    /// The header could not be made: the key holds a character that a header may not hold.
    BadHeader,
    /// Another failure of the connection.
    Other,
}

impl NetFault {
    /// Its code. `clock_is_off` is true when this computer's clock is known to be more than a day wrong: a
    /// certificate that has expired or is not valid yet is then a fault of the clock, not of the gateway.
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
            // "Expired" would be untrue, and blaming a clock that is right would mislead people.
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
            // For an unknown failure "the connection was cut" is the best description.
            Self::Reset | Self::Other => Code::Reset,
        }
    }

    /// The fault as a finding, with the certificate's issuer as evidence where it is known.
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
