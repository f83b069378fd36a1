//! A secret goes in and never comes out: not in an answer, not in a log, not in the data folder.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::house::{in_the_house, values};

const SECRET: &str = "s3cret-that-nobody-may-see";

#[test]
fn no_answer_and_no_log_shows_a_secret() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("writes-secrets-to-logs").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[], &[("TOKEN", SECRET)]))
            .await;
        let shown = deployment.read().await;
        let secured = &shown["applications"][0]["securedConfiguration"];
        assert_eq!(secured, &json!([{"key": "TOKEN", "value": "********"}]));
        deployment.call(&format!("/service?token={SECRET}")).await;
        deployment.logged("in two parts: ", 1).await;
        deployment.logged("text on stderr: ", 1).await;
        deployment.logged("postDeploy with ", 1).await;
        deployment.logged("HTTP_REQUEST", 1).await;
        deployment.logged("calling with ", 1).await;
        let logs = deployment.logs("").await.text;
        let revisions = shop.get(&deployment.path("/revisions")).await.text;
        for (what, text) in [
            ("the logs", &logs),
            ("a revision", &revisions),
            ("the Deployment", &shown.to_string()),
        ] {
            assert!(!text.contains(SECRET), "{what}: {text}");
            assert!(text.contains("********"), "{what}: {text}");
        }
        assert_eq!(files_with(&house.data(), SECRET), [] as [String; 0]);
    });
}

#[test]
fn a_mask_that_is_sent_back_keeps_the_secret() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[], &[("TOKEN", SECRET)]))
            .await;
        let as_read = values("service", &[("GREETING", "hi")], &[("TOKEN", "********")]);
        deployment
            .redeploy(json!({"configurationValues": as_read}))
            .await
            .of_status(201);
        assert_eq!(deployment.settled().await["status"], "Deployed");
        let seen = deployment.call("/service").await.of_status(200);
        assert_eq!(seen["environment"]["TOKEN"], SECRET);
    });
}

/// The files below a folder that hold a text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // What another test's build or start just removed is not looked at.
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(&path).is_ok_and(|bytes| {
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            }) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
