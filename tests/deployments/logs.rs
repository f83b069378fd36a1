//! GET …/logs: what the applications wrote and answered, oldest first, in pages (contract, sections 5.5, 15.11 and 16).

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Deployment, eventually, in_a_house_of_its_own, in_a_project, redacted, values};

#[test]
fn text_json_and_requests_are_logged_each_in_its_shape() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let line = r#"{"severity":"warning","message":"low stock","left":2}"#;
        deployment
            .call_with(Method::POST, "/service?a=b", line)
            .await
            .of_status(200);
        deployment.logged("HTTP_REQUEST", 1).await;
        deployment.logged("POST /service", 1).await;
        let page = deployment.logs("").await.of_status(200);
        assert_eq!(page["next"], "");
        let entries = page["data"].as_array().unwrap();
        let latency = regex::Regex::new(r#""latency":"[0-9.]+s""#).unwrap();
        let size = regex::Regex::new(r#""responseSize":"\d+""#).unwrap();
        let mut lines: Vec<String> = entries
            .iter()
            .map(|one| {
                latency
                    .replace(&redacted(one.to_string()), "\"latency\":\"{s}\"")
                    .into_owned()
            })
            .map(|one| {
                size.replace(&one, "\"responseSize\":\"{bytes}\"")
                    .into_owned()
            })
            .collect();
        // The gateway and the application's output are two sources: their order within a millisecond is nobody's.
        lines.sort();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"type":"APPLICATION_JSON","deploymentId":"{id}","applicationName":"service","severity":"INFO","timestamp":"{time}","details":{"severity":"INFO","message":"POST /service?a=b","greeting":"hello"}}
        {"type":"APPLICATION_JSON","deploymentId":"{id}","applicationName":"service","severity":"WARNING","timestamp":"{time}","details":{"severity":"warning","message":"low stock","left":2}}
        {"type":"APPLICATION_TEXT","deploymentId":"{id}","applicationName":"service","severity":"DEFAULT","timestamp":"{time}","details":{"message":"listening on port 8080"}}
        {"type":"HTTP_REQUEST","deploymentId":"{id}","applicationName":"service","severity":"INFO","timestamp":"{time}","details":{"requestMethod":"POST","requestUrl":"/apps/{id}/service?a=b","status":200,"responseSize":"{bytes}","userAgent":"","remoteIp":"127.0.0.1","latency":"{s}","protocol":"HTTP/1.1"}}
        "#);
        let times: Vec<&str> = entries
            .iter()
            .map(|one| one["timestamp"].as_str().unwrap())
            .collect();
        assert!(times.is_sorted(), "oldest first: {times:?}");
    });
}

#[test]
fn long_logs_come_in_pages_without_gap_or_repetition() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let lines: Vec<String> = (0..250).map(|number| format!("line {number:03}")).collect();
        deployment
            .call_with(Method::POST, "/service", &lines.join("\n"))
            .await
            .of_status(200);
        let seen = eventually("250 lines in three pages", async || {
            let mut seen: Vec<String> = Vec::new();
            let mut query = String::new();
            loop {
                let page = deployment.logs(&query).await.of_status(200);
                let entries = page["data"].as_array().unwrap();
                assert!((1..=100).contains(&entries.len()));
                let texts = entries
                    .iter()
                    .filter_map(|one| one["details"]["message"].as_str());
                seen.extend(
                    texts
                        .filter(|text| text.starts_with("line "))
                        .map(str::to_owned),
                );
                match page["next"].as_str().unwrap() {
                    "" => break,
                    next => query = format!("?pageToken={next}"),
                }
            }
            (seen.len() >= 250).then_some(seen)
        })
        .await;
        assert_eq!(seen, lines);
    });
}

#[test]
fn logs_are_those_of_one_application_and_of_one_deployment() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let (one, two) = (
            draft.deployed(json!([])).await,
            draft.deployed(json!([])).await,
        );
        one.call_with(Method::POST, "/service", "only of one")
            .await
            .of_status(200);
        one.logged("only of one", 1).await;
        let named = one.logs("?applicationName=service").await.of_status(200);
        assert!(named.to_string().contains("only of one"));
        two.logged("listening on port 8080", 1).await;
        assert!(!two.logs("").await.text.contains("only of one"));
    });
}

#[test]
fn dates_cut_the_logs() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let first = deployment
            .logged("listening on port 8080", 1)
            .await
            .remove(0);
        let first = first["timestamp"].as_str().unwrap().to_owned();
        deployment
            .call_with(Method::POST, "/service", "later")
            .await
            .of_status(200);
        let later = deployment.logged("\"later\"", 1).await.remove(0);
        let later = later["timestamp"].as_str().unwrap().to_owned();
        assert!(first < later);
        let page = async |query: String| -> Vec<Value> {
            deployment.logs(&query).await.of_status(200)["data"]
                .as_array()
                .unwrap()
                .clone()
        };
        let since = page(format!("?startDate={later}")).await;
        assert!(
            !since.is_empty()
                && since
                    .iter()
                    .all(|one| one["timestamp"].as_str().unwrap() >= later.as_str())
        );
        let before = page(format!("?endDate={later}")).await;
        assert!(
            !before.is_empty()
                && before
                    .iter()
                    .all(|one| one["timestamp"].as_str().unwrap() < later.as_str())
        );
        // The official client sends dates without an offset.
        let local = page(format!("?startDate={}", later.trim_end_matches('Z'))).await;
        assert_eq!(local, since);
        assert!(
            page("?startDate=2100-01-01T00:00:00Z".to_owned())
                .await
                .is_empty()
        );
    });
}

#[test]
fn a_page_without_dates_shows_the_last_day() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let first = deployment
            .logged("listening on port 8080", 1)
            .await
            .remove(0);
        house.time.pass(Duration::from_secs(25 * 60 * 60));
        let deployment = Deployment {
            project: shop.log_in_again().await,
            ..deployment
        };
        assert_eq!(
            deployment.logs("").await.of_status(200),
            json!({"data": [], "next": ""})
        );
        let since = first["timestamp"].as_str().unwrap();
        let page = deployment.logs(&format!("?startDate={since}")).await;
        assert_eq!(page.of_status(200)["data"][0], first);
    });
}

#[test]
fn what_a_script_writes_is_in_the_logs_too() {
    in_a_project(async |shop| {
        let draft = shop.draft("failing-post-deploy").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[("POST_DEPLOY_EXIT_CODE", "0")], &[]))
            .await;
        let lines = deployment.logged("postDeploy: line ", 30).await;
        let different: BTreeSet<String> =
            lines.iter().map(|one| one["details"].to_string()).collect();
        assert_eq!((lines.len(), different.len()), (30, 30));
    });
}
