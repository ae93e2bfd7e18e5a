//! What is told of a certificate.
//!
//! Holds: the way from what was read to what reports see. Must not know: how one is read.

use crate::base::CertificateFacts;
use crate::detect::{Certificate, Environment, Holder, Use};
use crate::engine::standing::canonical_serial;

/// The facts of a certificate.
pub(super) fn facts(certificate: &Certificate) -> CertificateFacts {
    let (nip, pesel) = match &certificate.holder {
        Holder::Company(nip) | Holder::Taxpayer(nip) => (Some(nip.clone()), None),
        Holder::Person(pesel) => (None, Some(pesel.clone())),
        Holder::Other => (None, None),
    };
    let environment = certificate.environment.map(|environment| match environment {
        Environment::Test => "test",
        Environment::Demo => "demo",
        Environment::Production => "production",
    });
    let usage = certificate.usage.map(|usage| match usage {
        Use::Authentication => "authentication",
        Use::Offline => "offline",
    });
    CertificateFacts {
        not_after: certificate.not_after,
        not_before: certificate.not_before,
        // Whoever signs for himself is named there.
        issuer: certificate.is_of_ksef().then(|| certificate.issuer.clone()),
        // As KSeF writes it.
        serial: canonical_serial(&certificate.serial),
        environment: environment.map(str::to_owned),
        usage: usage.map(str::to_owned),
        nip,
        pesel,
    }
}
