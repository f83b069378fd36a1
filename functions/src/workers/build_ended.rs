//! `build_ended`: a build has ended, however it ended, and the run that waits for it looks at what came of it.

use std::sync::Arc;
use std::time::Duration;

use store::rows::Message;
use work::Fault;

use crate::platform::Platform;

/// Wakes the run.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::BuildEnded { run } = message else {
        return Err(Fault(format!(
            "{message:?} is not for the build_ended worker"
        )));
    };
    let desk = &platform.desk;
    match desk.open_run(run).await? {
        Some(run) => Ok(desk.send(Message::of(&run), Duration::ZERO).await?),
        None => Ok(()),
    }
}
