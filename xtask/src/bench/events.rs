//! How many events a second come from their publisher to their application, each stored before it is acknowledged and none lost.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::baseline::Answering;
use super::deploy::{deploy, undeploy};
use super::figure::{Figure, Target};
use super::flood::flood;
use super::sample::Sample;
use super::scene::Visitor;
use crate::command;
use crate::platform::client::{Client, agent};
use crate::platform::connector::validate;

const ROUNDS: u32 = 3;
/// Events of a round, in publish requests of so many messages, by so many publishers.
const EVENTS: usize = 6000;
const MESSAGES: usize = 50;
const PUBLISHERS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(120);
const FLOOD: Duration = Duration::from_secs(3);
/// Where the application listens when it runs alone.
const PORT: u16 = 8080;

pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let (scene, client, project) = (visitor.scene, &visitor.client, &visitor.project);
    let path = scene.quick.register(client, "bench-events", project)?;
    validate(client, &path)?;
    let deployment = deploy(visitor, "bench-events", "bench-events")?;
    let shown = client.get(&deployment)?.context("the Deployment is gone")?;
    let applications = shown["applications"].as_array().map_or(&[][..], |all| all);
    let event = applications
        .iter()
        .find(|one| one["applicationName"] == "event");
    let event = event.context("there is no event application")?;
    let (mut delivered, mut reference) = (Vec::new(), Vec::new());
    let mut counter = Counter::of(&deployment);
    for round in 1..=ROUNDS {
        let expected = round as usize * EVENTS;
        delivered.push(round_of(visitor, event, &mut counter, expected)?);
        reference.push(alone(visitor)?);
    }
    undeploy(client, &deployment)?;
    Ok(vec![Figure {
        name: "Events from the publish request to the application, all of 6,000 delivered",
        unit: "per second",
        measured: Sample::of(delivered),
        reference_name: "the same application, given the envelopes by 16 connections",
        reference: Sample::of(reference),
        target: Target::AtLeast(500.0),
    }])
}

/// Reads from the log how many events the application has seen: only the platform can call it.
struct Counter {
    path: String,
    /// The first page that is not read to its end.
    page: String,
    seen: usize,
}

impl Counter {
    fn of(deployment: &str) -> Self {
        Self {
            path: format!("{deployment}/logs?applicationName=event"),
            page: String::new(),
            seen: 0,
        }
    }

    fn read(&mut self, client: &Client) -> Result<usize> {
        loop {
            let path = format!("{}{}", self.path, self.page);
            let shown = client.look(&path)?.context("the Deployment is gone")?;
            let entries = shown["data"].as_array().map_or(&[][..], |all| all);
            let counts = entries
                .iter()
                .filter_map(|entry| entry["details"]["message"].as_str()?.strip_prefix("seen "));
            for count in counts {
                self.seen = self.seen.max(count.parse()?);
            }
            match shown["next"].as_str() {
                Some(next) if !next.is_empty() => self.page = format!("&pageToken={next}"),
                _ => return Ok(self.seen),
            }
        }
    }
}

/// Publishes, and waits until the application has seen so many in all.
fn round_of(
    visitor: &Visitor,
    event: &Value,
    counter: &mut Counter,
    expected: usize,
) -> Result<f64> {
    let base = visitor.client.url();
    let topic = event["topic"].as_str().context("there is no topic")?;
    let publish = format!("{base}/v1/{topic}:publish");
    let messages: Vec<Value> = (0..MESSAGES).map(|_| json!({"data": "e30="})).collect();
    let body = json!({ "messages": messages });
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|_| {
                scope.spawn(|| {
                    let agent = agent();
                    for _ in 0..EVENTS / MESSAGES / PUBLISHERS {
                        let mut answer = agent.post(&publish).send_json(&body)?;
                        let text = answer.body_mut().read_to_string()?;
                        ensure!(answer.status() == 200, "{publish} answered {text}");
                    }
                    Ok(())
                })
            })
            .collect();
        for publisher in publishers {
            publisher.join().ok().context("a publisher panicked")??;
        }
        anyhow::Ok(())
    })?;
    loop {
        let seen = counter.read(&visitor.client)?;
        if seen >= expected {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            return Ok(EVENTS as f64 / begun.elapsed().as_secs_f64());
        }
        if begun.elapsed() > PATIENCE {
            bail!("of {expected} events, {seen} were delivered within {PATIENCE:?}");
        }
        command::pause(Duration::from_millis(20));
    }
}

fn alone(visitor: &Visitor) -> Result<f64> {
    let sources = visitor.scene.quick.application("event");
    let node = Answering::application(&sources, "index.js", PORT)?;
    flood(
        FLOOD,
        |_| Ok(()),
        |connection, (), number| {
            let id = format!("{}-{number}", connection.number);
            let envelope = json!({"message": {"data": "e30=", "messageId": id}});
            let answer = connection.agent.post(node.url()).send_json(&envelope)?;
            ensure!(
                answer.status() == 204,
                "the application answered {}",
                answer.status()
            );
            Ok(())
        },
    )
}
