//! The certificates of `AWS_CA_BUNDLE` or `ca_bundle`, in place of the machine's own.

use std::fs;

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::SettingsError;
use super::given::Given;
use super::said::Said;

/// A bundle that was read: where it is and who says so, and its certificates.
pub(super) struct Bundle {
    pub(super) said: Said,
    pem: String,
}

impl Bundle {
    /// The bundle that is set, if any. It replaces the machine's roots, as in the AWS CLI.
    pub(super) fn of(given: &Given) -> Result<Option<Bundle>, SettingsError> {
        let Some(said) = given.setting("AWS_CA_BUNDLE", "ca_bundle") else { return Ok(None) };
        let Said { value: path, source: said_by } = said.clone();
        let refused = |why: String| SettingsError::Bundle { path, said_by, why };
        let bytes = fs::read(&said.value).map_err(|error| format!("cannot be read: {error}"));
        match bytes.and_then(|bytes| usable(&bytes)) {
            Ok(pem) => Ok(Some(Bundle { said, pem })),
            Err(why) => Err(refused(why)),
        }
    }

    /// What connections trust by it.
    pub(super) fn trusted(&self) -> TrustStore {
        TrustStore::empty().with_pem_certificate(self.pem.as_bytes())
    }
}

/// What connections trust.
pub(super) fn trust(bundle: Option<&Bundle>) -> TlsContext {
    let store = bundle.map(Bundle::trusted).unwrap_or_default();
    TlsContext::builder().with_trust_store(store).build().unwrap_or_default()
}

/// The certificates of a file that can be roots. The HTTP client would panic at any other.
fn usable(file: &[u8]) -> Result<String, String> {
    let mut pem = String::new();
    for certificate in CertificateDer::pem_slice_iter(file) {
        let certificate = certificate.map_err(|error| format!("is damaged: {error}"))?;
        let text = base64_simd::STANDARD.encode_to_string(&certificate);
        if RootCertStore::empty().add(certificate).is_ok() {
            pem.push_str("-----BEGIN CERTIFICATE-----\n");
            pem.push_str(&text);
            pem.push_str("\n-----END CERTIFICATE-----\n");
        }
    }
    if pem.is_empty() { Err("has no certificate in PEM that can be trusted".to_owned()) } else { Ok(pem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a certificate authority made for this test, valid for a hundred years.
    const AUTHORITY: &str = include_str!("authority.pem");

    fn bundle(variables: &[(&str, &str)], keys: &[(&str, &str)]) -> Result<Option<Bundle>, String> {
        Bundle::of(&Given::of(variables, keys)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_variable_wins_over_the_profile_and_both_say_where_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        fs::write(&path, AUTHORITY).unwrap();
        let path = path.to_str().unwrap();
        assert!(bundle(&[], &[]).unwrap().is_none());
        let of_profile = bundle(&[], &[("ca_bundle", path)]).unwrap().unwrap();
        assert_eq!(of_profile.said.source, "ca_bundle of profile `default`");
        let of_variable = bundle(&[("AWS_CA_BUNDLE", path)], &[("ca_bundle", "/nowhere")]).unwrap().unwrap();
        assert_eq!(
            (of_variable.said.source.as_str(), of_variable.said.value.as_str()),
            ("AWS_CA_BUNDLE", path)
        );
    }

    #[test]
    fn a_bundle_that_cannot_be_used_is_refused_with_its_path_and_who_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        let path = path.to_str().unwrap();
        let refused = |why: &str| {
            let error = bundle(&[("AWS_CA_BUNDLE", path)], &[]).err().unwrap();
            let start = format!("the CA bundle {path} (AWS_CA_BUNDLE) ");
            assert!(error.starts_with(&start) && error.contains(why), "{error}");
        };
        refused("cannot be read: No such file");
        for empty in
            ["", "no certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            fs::write(path, empty).unwrap();
            refused("has no certificate");
        }
        fs::write(path, AUTHORITY.replace('M', "!")).unwrap();
        refused("is damaged");
        let empty = bundle(&[], &[("ca_bundle", "")]).err().unwrap();
        assert!(
            empty.starts_with("the CA bundle  (ca_bundle of profile `default`) cannot be read"),
            "{empty}"
        );
    }

    #[test]
    fn what_cannot_be_a_root_is_left_out_and_the_rest_can_be_trusted() {
        let odd = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let pem = usable(format!("# ours\n{odd}{AUTHORITY}").as_bytes()).unwrap();
        assert_eq!(pem.matches("BEGIN").count(), 1);
        let back: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(back.len(), 1);
    }
}
