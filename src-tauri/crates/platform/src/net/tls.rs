//! TLS: certificates are verified by the system, and failures are classified.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airouter_core::gateway::NetFault;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme, version,
};
use rustls_platform_verifier::Verifier;

use super::options::Options;

/// The certificates that the server sent, its own first.
pub(super) type PeerCertificates = Arc<Mutex<Vec<CertificateDer<'static>>>>;

/// Makes a configuration with the system's verifier. The server's certificates are recorded in `shown`, because the
/// verification error alone does not say whose certificate it was.
///
/// # Errors
/// If the system's verifier cannot be made.
pub(super) fn config(options: &Options, shown: &PeerCertificates) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = if options.more_roots.is_empty() {
        Verifier::new(provider.clone())?
    } else {
        // On Windows this makes a separate chain engine; without extra roots the system's own one is right.
        Verifier::new_with_extra_roots(options.more_roots.iter().cloned(), provider.clone())?
    };
    let recording = RecordingVerifier { verifier, shown: shown.clone() };
    let clock = Arc::new(Clock(options.clock));
    Ok(builder(provider, clock)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(recording))
        .with_no_client_auth())
}

fn builder(
    provider: Arc<CryptoProvider>,
    clock: Arc<Clock>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Error> {
    ClientConfig::builder_with_details(provider, clock).with_protocol_versions(&[&version::TLS13, &version::TLS12])
}

/// The fault that a failed handshake means.
pub(super) fn fault(error: &io::Error, issuer: Option<String>) -> NetFault {
    let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return match error.kind() {
            io::ErrorKind::TimedOut => NetFault::TcpTimeout,
            // The system's error is often hidden; what remains says only that the connection was cut.
            _ => NetFault::Reset,
        };
    };
    match error {
        Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => NetFault::TlsExpired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => NetFault::TlsNotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => NetFault::TlsHost,
            _ => NetFault::TlsInspect { issuer },
        },
        Error::NoCertificatesPresented => NetFault::TlsInspect { issuer },
        Error::AlertReceived(AlertDescription::UnrecognisedName) => NetFault::TlsHost,
        Error::AlertReceived(_)
        | Error::PeerIncompatible(_)
        | Error::PeerMisbehaved(_)
        | Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => NetFault::TlsProto,
        _ => NetFault::Other,
    }
}

/// This computer's clock, or a fixed time for tests.
#[derive(Debug)]
struct Clock(Option<SystemTime>);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(since_1970(self.0)))
    }
}

/// The time since 1970, by `clock` or by this computer.
pub(super) fn since_1970(clock: Option<SystemTime>) -> Duration {
    clock.unwrap_or_else(SystemTime::now).duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Verifies with the system's verifier and records the certificates.
#[derive(Debug)]
struct RecordingVerifier {
    verifier: Verifier,
    shown: PeerCertificates,
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(own).chain(others).map(|shown| shown.clone().into_owned());
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = chain.collect();
        self.verifier.verify_server_cert(own, others, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, own, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, own, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
