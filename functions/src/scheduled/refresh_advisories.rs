//! `refresh_advisories`: what is known of vulnerable dependencies is a day old at most, where the operator has named an address.

use std::sync::Arc;

use work::Fault;

use crate::platform::Platform;

/// Fetches the advisories that are new, as the clock calls it.
///
/// # Errors
/// They cannot be fetched or stored; those of before stay.
pub async fn handle(platform: &Arc<Platform>) -> Result<(), Fault> {
    match platform.standards.fetched() {
        Some(fetched) => fetched.refresh(platform).await,
        None => Ok(()),
    }
}
