//! Shows the content of a certificate, so that people can find out whose it is.

use airouter_core::finding::Evidence;
use airouter_core::secret::masked;
use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

/// Longest name that is shown, in characters.
const LONGEST: usize = 120;

/// Issuer, subject and validity of the server's own certificate, the first of the chain. Empty if it cannot be
/// parsed.
pub(super) fn facts(chain: &[CertificateDer]) -> Vec<Evidence> {
    let Some((_, own)) = chain.first().and_then(|own| x509_parser::parse_x509_certificate(own).ok()) else {
        return Vec::new();
    };
    let mut facts = vec![
        Evidence::new("issuer", display_name(own.issuer())),
        Evidence::new("subject", display_name(own.subject())),
        Evidence::new("not_before", day(own.validity().not_before)),
        Evidence::new("not_after", day(own.validity().not_after)),
    ];
    if is_its_own_issuer(&own) {
        facts.push(Evidence::new("self_signed", "yes"));
    }
    facts
}

fn is_its_own_issuer(certificate: &X509Certificate) -> bool {
    certificate.issuer() == certificate.subject()
}

/// The common name, with the organisation if that adds information; without secrets and control characters.
fn display_name(name: &X509Name) -> String {
    let first = |mut found: Box<dyn Iterator<Item = Option<String>> + '_>| found.next().flatten();
    let common = first(Box::new(name.iter_common_name().map(|it| it.as_str().ok().map(str::to_owned))));
    let organisation = first(Box::new(name.iter_organization().map(|it| it.as_str().ok().map(str::to_owned))));
    let text = match (common, organisation) {
        (Some(common), Some(organisation)) if !common.contains(&organisation) => format!("{common} ({organisation})"),
        (Some(only), _) | (None, Some(only)) => only,
        (None, None) => name.to_string(),
    };
    let visible: String = masked(&text).chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    visible.trim().to_owned()
}

fn day(time: ASN1Time) -> String {
    let date = time.to_datetime().date();
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    #[test]
    fn a_certificate_says_who_it_is() {
        let mut params = CertificateParams::new(vec!["gate.test".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "火绒安全 Root");
        params.distinguished_name.push(DnType::OrganizationName, "Office");
        params.not_after = rcgen::date_time_ymd(2031, 2, 3);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let facts = facts(&[certificate.der().clone()]);
        let of = |name: &str| facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
        assert_eq!(of("issuer"), Some("火绒安全 Root (Office)"));
        assert_eq!(of("not_after"), Some("2031-02-03"));
        assert_eq!(of("self_signed"), Some("yes"));
    }

    #[test]
    fn nonsense_says_nothing() {
        assert_eq!(facts(&[CertificateDer::from(vec![1, 2, 3])]), []);
        assert_eq!(facts(&[]), []);
    }
}
