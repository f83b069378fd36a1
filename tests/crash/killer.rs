//! Kills the platform at moments of a seed, starts it on the same folder, and has everything compared with the ledger.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::task::JoinSet;

use super::client::Session;
use super::folders::Folders;
use super::lives::World;
use super::platform::Platform;
use super::random::Random;

/// Kills after a while find builds, starts and scripts under way.
const WHILE: Duration = Duration::from_secs(5);
/// Kills right after a write was sent find it before, in and after its commit.
const WITHIN_A_WRITE: Duration = Duration::from_millis(40);
/// A start that is killed too; it is ready after a tenth of a second.
const START: Duration = Duration::from_millis(200);

/// Id and secret of the client that the first start has made.
pub(super) type Credentials = (Value, Value);

pub(super) struct Killer<'a> {
    folders: &'a Folders,
    world: Arc<World>,
    credentials: Credentials,
    random: Random,
    master_key: String,
}

impl<'a> Killer<'a> {
    pub(super) fn new(
        folders: &'a Folders,
        world: &Arc<World>,
        credentials: Credentials,
        seed: u64,
    ) -> Self {
        Self {
            folders,
            world: world.clone(),
            credentials,
            random: Random::new(seed),
            master_key: master_key(folders),
        }
    }

    /// Waits for a moment, kills and starts again; gives the platform that runs now.
    pub(super) async fn kill(
        &mut self,
        number: u32,
        platform: Platform,
        lives: &mut JoinSet<()>,
    ) -> Platform {
        let moment = self.moment().await;
        println!(
            "{:8.3}  kill {number}, {moment}",
            self.world.begin.elapsed().as_secs_f64()
        );
        platform.kill(self.folders).await;
        // Requests on their way have got no answer; others wait.
        let mut now = self.world.client.restart().await;
        if self.random.below(4) == 0 {
            let starting = Platform::spawn(self.folders);
            tokio::time::sleep(self.random.within(START)).await;
            println!("and again while it starts");
            starting.kill(self.folders).await;
        }
        let mut platform = Platform::spawn(self.folders);
        let ready = platform.ready(self.folders).await;
        *now = session(&ready, &self.credentials).await;
        assert_eq!(
            master_key(self.folders),
            self.master_key,
            "the master key is another one"
        );
        // Without the look, the lives go on while Deployments come back.
        if self.random.below(3) > 0 {
            self.world.ledger.check(&self.world.client, &now).await;
        }
        drop(now);
        while let Some(life) = lives.try_join_next() {
            life.unwrap();
        }
        platform
    }

    async fn moment(&mut self) -> String {
        if self.random.below(2) == 0 {
            let wait = self.random.within(WHILE);
            tokio::time::sleep(wait).await;
            return format!("after {} ms", wait.as_millis());
        }
        let writes = 1 + self.random.below(4);
        let wait = self.random.within(WITHIN_A_WRITE);
        let limit = Instant::now() + WHILE;
        let written =
            tokio::time::timeout_at(limit.into(), self.world.client.after_writes(writes)).await;
        tokio::time::sleep(wait).await;
        match written {
            Ok(()) => format!("{} us after a write was sent", wait.as_micros()),
            Err(_) => "as nothing was written for a while".to_owned(),
        }
    }
}

/// A session with the platform that has written this ready line.
pub(super) async fn session(ready: &Value, (id, secret): &Credentials) -> Session {
    let url = ready["url"].as_str().unwrap().to_owned();
    let basic = STANDARD.encode(format!(
        "{}:{}",
        id.as_str().unwrap(),
        secret.as_str().unwrap()
    ));
    let request = reqwest::Client::new()
        .post(format!("{url}/oauth/token"))
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let token = answer["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("no token but {answer}"))
        .to_owned();
    let project = ready["projectKey"].as_str().unwrap().to_owned();
    Session {
        url,
        project,
        token,
        since: Instant::now(),
    }
}

fn master_key(folders: &Folders) -> String {
    fs::read_to_string(folders.data().join("master.key")).unwrap()
}
