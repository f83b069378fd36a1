//! A first start that is killed leaves a folder that can be opened, or none.

use std::fs;
use std::time::Duration;

use serde_json::Value;

use super::folders::Folders;
use super::killer::session;
use super::platform::Platform;
use super::random::{Random, settings};

/// Kills of a first start, spread evenly over the time that it takes.
const KILLS: u32 = 12;
/// A first start on a busy machine takes a fifth of a second.
const START: Duration = Duration::from_millis(250);

#[tokio::test]
async fn a_first_start_that_is_killed_is_followed_by_one_that_works() {
    let (_, seed) = settings(0);
    println!("CRASH_SEED={seed}");
    let folders = Folders::new("first-start", seed);
    let mut random = Random::new(seed);
    for kill in 0..KILLS {
        let starting = Platform::spawn(&folders);
        let wait = START * kill / KILLS + random.within(START / KILLS);
        tokio::time::sleep(wait).await;
        starting.kill(&folders).await;
        println!("killed {} us after its beginning", wait.as_micros());
        let mut platform = Platform::spawn(&folders);
        let ready = platform.ready(&folders).await;
        // Where the killed start has made the client already, nobody has read its secret.
        if ready["clientSecret"] != Value::Null {
            session(
                &ready,
                &(ready["clientId"].clone(), ready["clientSecret"].clone()),
            )
            .await;
        }
        platform.kill(&folders).await;
        fs::remove_dir_all(folders.data()).unwrap();
    }
    folders.remove();
}
