//! postDeploy and preUndeploy: a shell command line in a tree that it may change.

use std::time::Duration;

use super::bench::Bench;
use hosting::{End, Hosting as _, Kind, Launch};
use secrets::Secret;

fn launch(bench: &Bench) -> Launch {
    let files = [
        ("package.json", r#"{"name":"tiny"}"#),
        ("post.js", "console.log('registered ' + process.env.SHOP)"),
    ];
    let mut launch = bench.launch("api", 1, Kind::Service, &files, Some("node index.js"));
    launch
        .environment
        .push(("SHOP".to_owned(), Secret::new("eu")));
    launch
}

#[tokio::test]
async fn a_script_runs_in_the_applications_folder_may_write_there_and_leaves_no_trace() {
    let bench = Bench::new();
    let launch = launch(&bench);
    let script = "test ! -e made && echo '{}' > package.json && touch made && node post.js && pwd";
    for _twice in 0..2 {
        let outcome = bench.hosting.run_script(&launch, script).await.unwrap();
        assert_eq!(outcome.failure(), None);
        assert_eq!(outcome.last_lines[0], "registered eu");
        assert!(
            outcome.last_lines[1].ends_with("/tree/app"),
            "{:?}",
            outcome.last_lines
        );
    }
    let kept = bench
        .data
        .path()
        .join("apps")
        .join(launch.artifact.as_str())
        .join("app/package.json");
    assert_eq!(std::fs::read_to_string(kept).unwrap(), r#"{"name":"tiny"}"#);
    assert!(bench.messages().await.contains(&"registered eu".to_owned()));
}

#[tokio::test]
async fn a_script_that_fails_is_told_with_its_last_lines() {
    let bench = Bench::new();
    let outcome = bench
        .hosting
        .run_script(&launch(&bench), "echo no such extension >&2; exit 5")
        .await
        .unwrap();
    insta::assert_snapshot!(outcome.failure().unwrap(), @"
    The script ended with exit code 5. It must end with exit code 0, also when it runs a second time; its whole output is in the logs. Its last lines:
      no such extension
    ");
}

#[tokio::test]
async fn a_script_that_hangs_is_stopped_at_its_limit() {
    let limit = Duration::from_millis(300);
    let bench = Bench::with(|timing| timing.script = limit);
    let outcome = bench
        .hosting
        .run_script(&launch(&bench), "echo waiting; sleep 600")
        .await
        .unwrap();
    assert_eq!(outcome.end, End::Time(limit));
    assert_eq!(outcome.last_lines[0], "waiting");
}

#[tokio::test]
async fn a_script_that_swaps_its_folders_for_links_leads_the_platform_nowhere() {
    let host = tempfile::tempdir().unwrap();
    std::fs::write(host.path().join("secret"), "secret").unwrap();
    let bench = Bench::new();
    let script = format!(
        "HOST={}
        run=$(cd ../.. && pwd)
        for folder in tree tmp ports; do mv $run/$folder $run/aside-$folder; ln -s $HOST $run/$folder; done
        ln -s $HOST out; ln -s /proc/self/root$HOST through-proc; ln $HOST/secret hard; mkfifo pipe
        mkdir -p shut/inner && ln -s $HOST shut/inner/out && chmod 000 shut/inner shut
        rm -rf ../app && ln -s $HOST ../app
        touch $HOST/planted; true",
        host.path().display()
    );
    for _twice in 0..2 {
        let outcome = bench
            .hosting
            .run_script(&launch(&bench), &script)
            .await
            .unwrap();
        assert_eq!(outcome.failure(), None);
    }
    let removed = || files::wait_until_removed(Duration::from_secs(60));
    assert!(tokio::task::spawn_blocking(removed).await.unwrap());
    let left = |folder: &std::path::Path| -> Vec<_> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(left(host.path()), ["secret"]);
    let runs = left(&bench.data.path().join("run"));
    assert!(runs.is_empty(), "{runs:?}");
}
