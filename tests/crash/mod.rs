//! Whatever is killed when, nothing acknowledged is lost and nothing stays under way for ever: `kill -9` of the real command.
//!
//! `CRASH_KILLS` and `CRASH_SEED` make a longer run, or the moments of an earlier one.
#![cfg(target_os = "linux")]
#![allow(
    clippy::print_stdout,
    reason = "what happened when is told with a failure"
)]

mod client;
mod early_stop;
mod first_start;
mod folders;
mod killer;
mod ledger;
mod leftovers;
mod lives;
mod platform;
mod processes;
mod random;
mod stories;
mod witness;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;

use self::client::Client;
use self::folders::Folders;
use self::killer::{Killer, session};
use self::lives::{Life, World};
use self::platform::Platform;
use self::witness::Witness;

const KILLS: u32 = 10;
const CONNECTORS: [&str; 3] = ["service", "job", "event"];

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_everything_ends_however_often_the_platform_is_killed() {
    let (kills, seed) = random::settings(KILLS);
    println!("CRASH_KILLS={kills} CRASH_SEED={seed}");
    let folders = Folders::new("lives", seed);
    let mut platform = Platform::spawn(&folders);
    let ready = platform.ready(&folders).await;
    let credentials = (ready["clientId"].clone(), ready["clientSecret"].clone());
    let world = Arc::new(World {
        client: Client::new(session(&ready, &credentials).await),
        ledger: Default::default(),
        witness: Witness::listen().await,
        ending: AtomicBool::new(false),
        lived: AtomicU32::new(0),
        begin: Instant::now(),
    });
    let mut lives = JoinSet::new();
    for name in CONNECTORS {
        lives.spawn(Life::lives(world.clone(), name));
    }
    let mut killer = Killer::new(&folders, &world, credentials, seed);
    for kill in 1..=kills {
        platform = killer.kill(kill, platform, &mut lives).await;
    }
    println!("no more kills: the lives that go on come to their end");
    world.ending.store(true, Ordering::SeqCst);
    while let Some(life) = lives.join_next().await {
        life.unwrap();
    }
    world
        .ledger
        .check(&world.client, &*world.client.session().await)
        .await;
    leftovers::assert_tidy(&folders).await;
    let processes = platform.processes();
    assert!(
        processes.is_empty(),
        "nothing is deployed and these processes run: {processes:#?}"
    );
    platform.kill(&folders).await;
    println!(
        "{} lives came to their end",
        world.lived.load(Ordering::SeqCst)
    );
    folders.remove();
}
