//! The log: whole, in order, in pages, without secrets.

use super::bench::{Bench, answering, everything};
use domain::names::ApplicationName;
use domain::time::Timestamp;
use hosting::{Hosting as _, LogError, LogKind, LogQuery, Severity};
use secrets::Secret;

async fn lines(bench: &Bench, query: &LogQuery) -> Vec<Vec<String>> {
    let mut query = query.clone();
    let mut pages = Vec::new();
    loop {
        let page = bench.hosting.logs(&query).await.unwrap();
        let texts = page
            .data
            .iter()
            .map(|entry| entry.details["message"].as_str().unwrap().to_owned());
        pages.push(texts.collect());
        query.page = page.next;
        if query.page.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn two_hundred_and_fifty_lines_are_three_pages_in_the_order_in_which_they_were_written() {
    let bench = Bench::new();
    let script =
        "for (let n = 0; n < 250; n++) console.log('line ' + n);".to_owned() + &answering("1");
    bench.serve(&bench.service("api", 1, &script)).await;
    bench
        .hosting
        .stop(super::bench::DEPLOYMENT, 1)
        .await
        .unwrap();
    let pages = lines(&bench, &everything()).await;
    assert_eq!(
        pages.iter().map(Vec::len).collect::<Vec<_>>(),
        [100, 100, 50]
    );
    let expected: Vec<String> = (0..250).map(|n| format!("line {n}")).collect();
    assert_eq!(pages.concat(), expected);
}

#[tokio::test]
async fn a_query_chooses_by_application_and_time() {
    let bench = Bench::new();
    for name in ["one", "two"] {
        let script = format!("console.log('I am {name}');") + &answering("1");
        bench.serve(&bench.service(name, 1, &script)).await;
    }
    bench
        .hosting
        .stop(super::bench::DEPLOYMENT, 1)
        .await
        .unwrap();
    let one = LogQuery {
        application: Some(ApplicationName::parse("one").unwrap()),
        ..everything()
    };
    assert_eq!(lines(&bench, &one).await, [["I am one"]]);
    let at = |time: &str| Timestamp(time.parse().unwrap());
    let before = LogQuery {
        until: Some(at("2026-11-22T16:00:00Z")),
        ..everything()
    };
    assert_eq!(lines(&bench, &before).await, [[""; 0]]);
    let after = LogQuery {
        from: at("2026-11-22T16:00:00.001Z"),
        ..everything()
    };
    assert_eq!(lines(&bench, &after).await, [[""; 0]]);
    let exactly = LogQuery {
        from: at("2026-11-22T16:00:00Z"),
        until: Some(at("2026-11-22T16:00:00.001Z")),
        ..everything()
    };
    assert_eq!(lines(&bench, &exactly).await.concat().len(), 2);
}

#[tokio::test]
async fn a_forged_page_token_is_refused() {
    let bench = Bench::new();
    let forged =
        hosting::logs::token::encode(&serde_json::json!({"segment": "../../secret", "offset": 0}));
    for token in ["nonsense".to_owned(), forged] {
        let query = LogQuery {
            page: Some(token),
            ..everything()
        };
        assert!(matches!(
            bench.hosting.logs(&query).await,
            Err(LogError::InvalidPageToken)
        ));
    }
}

#[tokio::test]
async fn no_file_of_the_platform_holds_a_secret_that_an_application_writes() {
    let bench = Bench::new();
    let script = "const token = process.env.TOKEN;
        console.log('text ' + token);
        console.error(JSON.stringify({ severity: 'ERROR', nested: [{ token }] }));"
        .to_owned()
        + &answering("1");
    let mut launch = bench.service("api", 1, &script);
    launch
        .environment
        .push(("TOKEN".to_owned(), Secret::new("very-s3cret\"token")));
    launch
        .environment
        .push(("KEY".to_owned(), Secret::new("very-s3cret-key")));
    launch
        .secret_names
        .extend(["TOKEN".to_owned(), "KEY".to_owned()]);
    bench.serve(&launch).await;
    bench.get("api", "/?key=very-s3cret-key").await;
    bench.hosting.stop(launch.deployment, 1).await.unwrap();
    let mut log = bench.log().await;
    log.sort_by_key(|entry| entry.kind == LogKind::ApplicationJson);
    let json = log.last().unwrap();
    assert_eq!(
        (json.kind, json.severity),
        (LogKind::ApplicationJson, Severity::Error)
    );
    let grep = std::process::Command::new("grep")
        .args(["-rl", "very-s3cret"])
        .arg(bench.data.path())
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(grep.stdout)
            .unwrap()
            .replace(&bench.data.path().display().to_string(), ""),
        ""
    );
}
