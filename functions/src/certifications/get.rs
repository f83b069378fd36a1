//! `GET /certifications/{id}`: what a certifier decides on; what is decided is its creator's again, and not shown.

use std::sync::Arc;

use domain::certification::Certification;
use web::{Answer, Caller, IdOrKey, Request, scope};

use crate::certifications::asked;
use crate::platform::Platform;

/// Shows a certification.
///
/// # Errors
/// `ResourceNotFound` for a draft that neither waits for nor is in certification.
pub async fn handle(
    platform: Arc<Platform>,
    _caller: Caller<scope::ManageCertifications>,
    request: Request,
) -> Answer {
    let name = IdOrKey::parse(request.parameter("id"))?;
    let record = asked(&platform.desk.store, &name).await?;
    let open = Some(record).filter(|record| record.in_certification());
    let shown = open.and_then(Certification::of);
    web::ok(&shown.ok_or_else(|| name.not_found("Certification"))?)
}
