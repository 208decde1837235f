//! Certificates that are made at run time: a trusted root, an untrusted one, and server certificates of any validity.

use std::sync::{Arc, LazyLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The host of all certificates except `OtherHost`.
pub(crate) const HOST: &str = "gate.test";

type Root = CertifiedIssuer<'static, KeyPair>;

static TRUSTED: LazyLock<Root> = LazyLock::new(|| root("Test Root"));
static STRANGER: LazyLock<Root> = LazyLock::new(|| root("Office Inspection CA"));

/// What the check is told to trust.
pub(crate) fn roots() -> Vec<CertificateDer<'static>> {
    vec![TRUSTED.as_ref().der().clone()]
}

/// A server certificate.
#[derive(Clone, Copy)]
pub(crate) enum Leaf {
    Good,
    Expired,
    NotYetValid,
    OtherHost,
    UnknownIssuer,
    SelfSigned,
}

/// A TLS server configuration with this certificate.
pub(crate) fn side(leaf: Leaf) -> Arc<ServerConfig> {
    let (host, from, until) = match leaf {
        Leaf::Expired => (HOST, 2015, 2020),
        Leaf::NotYetValid => (HOST, 2090, 2095),
        Leaf::OtherHost => ("other.test", 2020, 2090),
        Leaf::Good | Leaf::UnknownIssuer | Leaf::SelfSigned => (HOST, 2020, 2090),
    };
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    params.distinguished_name = called(host);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().expect("a key");
    let certificate = match leaf {
        Leaf::SelfSigned => params.self_signed(&key),
        Leaf::UnknownIssuer => params.signed_by(&key, &*STRANGER),
        _ => params.signed_by(&key, &*TRUSTED),
    };
    let chain = vec![certificate.expect("a certificate").der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key);
    Arc::new(config.expect("a side"))
}

fn root(name: &str) -> Root {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name = called(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root")
}

fn called(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
