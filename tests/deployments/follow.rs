//! GET …/logs?follow=true: entries come as they are written, and none is missed over a connection that broke.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::house::{Deployment, Project, eventually, in_a_project};

/// The events of one answer as they come.
struct Events {
    answer: Response,
    text: String,
    /// The id of the last event that had one.
    place: String,
}

impl Events {
    async fn of(deployment: &Deployment, query: &str, last: Option<&str>) -> Self {
        let path = deployment.path(&format!("/logs?follow=true{query}"));
        let request = deployment.project.request(Method::GET, &path);
        let request = request.header("last-event-id", last.unwrap_or_default());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            text: String::new(),
            place: String::new(),
        }
    }

    /// The next block of lines; none at the end of the answer.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Reads up to the entry that holds a text; the messages on the way.
    async fn until(&mut self, text: &str) -> Vec<String> {
        let mut messages = Vec::new();
        loop {
            let block = self.next().await.expect("the answer goes on");
            for line in block.lines() {
                if let Some(id) = line.strip_prefix("id: ") {
                    id.clone_into(&mut self.place);
                }
                if let Some(data) = line.strip_prefix("data: ") {
                    let entry: Value = serde_json::from_str(data).unwrap();
                    messages.push(entry["details"]["message"].to_string());
                }
            }
            if messages.last().is_some_and(|one| one.contains(text)) {
                return messages;
            }
        }
    }
}

async fn minimal(shop: &Project) -> Deployment {
    let draft = shop.draft("minimal").await.previewed().await;
    draft.deployed(json!([])).await
}

async fn write(deployment: &Deployment, line: &str) {
    let answer = deployment.call_with(Method::POST, "/service", line).await;
    answer.of_status(200);
}

#[test]
fn an_entry_is_there_within_a_second() {
    in_a_project(async |shop| {
        let deployment = minimal(&shop).await;
        deployment.logged("listening on port 8080", 1).await;
        let mut events = Events::of(&deployment, "", None).await;
        let greeting = events.next().await.unwrap();
        assert!(greeting.starts_with("retry: 500\nid: "), "{greeting}");
        let written = Instant::now();
        write(&deployment, "low stock").await;
        let mut messages = events.until("low stock").await;
        assert!(written.elapsed() < Duration::from_secs(1));
        // The request that had it written may be logged first, and has no message.
        messages.retain(|message| message != "null");
        assert_eq!(messages, ["\"low stock\""], "only what is new");
    });
}

#[test]
fn a_reader_who_was_cut_off_goes_on_behind_the_last_entry() {
    in_a_project(async |shop| {
        let deployment = minimal(&shop).await;
        let mut events = Events::of(&deployment, "&startDate=2026-11-22T00:00:00Z", None).await;
        let before = events.until("listening on port 8080").await;
        assert_eq!(before, ["\"listening on port 8080\""]);
        write(&deployment, "first").await;
        events.until("first").await;
        let place = events.place.clone();
        drop(events);
        write(&deployment, "second").await;
        deployment.logged("second", 1).await;
        let mut events = Events::of(&deployment, "", Some(&place)).await;
        write(&deployment, "third").await;
        let messages = events.until("third").await;
        let lines: Vec<&String> = messages
            .iter()
            .filter(|one| ["\"first\"", "\"second\"", "\"third\""].contains(&one.as_str()))
            .collect();
        // Who is cut off within entries that came together gets them again.
        let again = usize::from(lines[0] == "\"first\"");
        assert_eq!(lines[again..], ["\"second\"", "\"third\""]);
    });
}

#[test]
fn the_last_event_tells_that_the_deployment_is_gone() {
    in_a_project(async |shop| {
        let deployment = minimal(&shop).await;
        let mut events = Events::of(&deployment, "", None).await;
        deployment.undeploy("").await;
        let mut last = String::new();
        while let Some(block) = events.next().await {
            last = block;
        }
        insta::assert_snapshot!(last, @r#"
        event: end
        data: {"reason":"The Deployment is gone."}
        "#);
    });
}

#[test]
fn a_project_that_follows_too_many_logs_is_told_to_come_again() {
    in_a_project(async |shop| {
        let deployment = minimal(&shop).await;
        let mut followers = Vec::new();
        for _ in 0..50 {
            followers.push(Events::of(&deployment, "", None).await);
        }
        let follow = async || {
            deployment
                .project
                .request(Method::GET, &deployment.path("/logs?follow=true"))
                .send()
                .await
                .unwrap()
        };
        let refused = follow().await;
        assert_eq!(refused.status(), 429);
        assert_eq!(refused.headers()["retry-after"], "10");
        deployment.logs("").await.of_status(200);
        drop(followers.pop());
        eventually("there is a place again", async || {
            (follow().await.status() == 200).then_some(())
        })
        .await;
    });
}
