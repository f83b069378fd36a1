//! The queue of builds: Projects take turns, a build has a deadline, and the report shows where a build is.

use std::time::Duration;

use functions::scheduled::sweep;
use serde_json::{Value, json};

use crate::house::{
    Draft, House, Operator, Project, eventually, in_a_house, in_a_house_of_its_own, in_a_project,
    report,
};

/// A draft of the tag `tag`, whose build is this script and whose preview goes on.
async fn previewing(shop: &Project, tag: &str, build: &str) -> Draft {
    let package = json!({
        "name": format!("{}-{tag}", shop.key),
        "private": true,
        "scripts": {"build": build, "start": "node index.js"},
    });
    let files = [("service/package.json", &*package.to_string())];
    shop.repository("minimal");
    shop.commit("minimal", &files, tag);
    let mut registration = shop.registration("minimal");
    registration["key"] = json!(format!("{}-{tag}", shop.key));
    registration["repository"]["tag"] = json!(tag);
    let made = shop.post("/connectors/drafts", &registration).await;
    let draft = Draft {
        project: shop.clone(),
        id: made.of_status(201)["id"].as_str().unwrap().to_owned(),
    };
    let preview = json!([{"action": "updatePreviewable"}]);
    draft.act(preview).await.of_status(201);
    draft
}

/// What a report says of the build that a run waits for, without its seconds.
fn stage(shown: &Value, title: &str) -> Option<String> {
    let entries = shown["entries"].as_array()?;
    let entry = entries.iter().find(|entry| entry["title"] == title)?;
    let message = entry["message"].as_str()?;
    let (stage, _) = message.split_once(", for ").unwrap_or((message, ""));
    Some(stage.to_owned())
}

/// Waits until the pending report of a draft says this of its build.
async fn shows(draft: &Draft, expected: &str) {
    eventually(expected, async || {
        let shown = draft.read().await;
        assert_eq!(
            shown["isPreviewable"],
            "pending",
            "{}",
            report(&shown["previewableReport"])
        );
        let stage = stage(&shown["previewableReport"], "Connector image build started")?;
        (stage == expected).then_some(())
    })
    .await;
}

const RUNS: &str = "The build of `service` is running the build script";
const ENDLESS: &str = "sleep 3600";

#[test]
fn a_project_with_many_long_builds_does_not_keep_another_waiting() {
    in_a_house_of_its_own(async |house| {
        let (busy, other) = (house.project().await, house.project().await);
        let mut drafts = Vec::new();
        for (tag, expected) in [
            ("v1", RUNS),
            ("v2", RUNS),
            ("v3", "The build of `service` is first in the queue."),
            ("v4", "The build of `service` is second in the queue."),
        ] {
            let draft = previewing(&busy, tag, ENDLESS).await;
            shows(&draft, expected).await;
            drafts.push(draft);
        }
        let trivial = previewing(&other, "v1", "echo built").await;
        eventually("the preview of the other Project ends", async || {
            let shown = trivial.read().await;
            (shown["isPreviewable"] == "true").then_some(())
        })
        .await;
        shows(&drafts[0], RUNS).await;
        shows(&drafts[2], "The build of `service` is first in the queue.").await;
        let reports = busy.get(&format!("{}/reports", drafts[3].path())).await;
        let run = reports.of_status(200)["results"][0]["id"].clone();
        let path = format!("{}/reports/{}", drafts[3].path(), run.as_str().unwrap());
        let shown = busy.get(&path).await.of_status(200);
        let stage = stage(&shown["report"], "Connector image build started");
        assert_eq!(
            stage.as_deref(),
            Some("The build of `service` is second in the queue.")
        );
        // Its runs end, and with them the builds that nobody waits for any more: the Project has its places back.
        house.time.pass(Duration::from_secs(31 * 60));
        sweep::handle(house.platform()).await.unwrap();
        for draft in &drafts {
            assert_eq!(draft.settled().await["isPreviewable"], "false");
        }
        let next = previewing(&busy, "v5", "echo built").await;
        eventually("the next preview of the same Project ends", async || {
            let shown = next.read().await;
            (shown["isPreviewable"] == "true").then_some(())
        })
        .await;
    });
}

#[test]
fn a_build_that_takes_too_long_is_stopped_and_says_so() {
    // The first house to build fetches Node.js for all of them, which the limit does not allow for.
    in_a_project(async |shop| {
        shop.draft("minimal").await.previewed().await;
    });
    // Long enough for the steps before the build script, which have nothing to do.
    let operator = Operator {
        build_limit: Duration::from_secs(10),
        ..Operator::default()
    };
    in_a_house(House::of(operator), async |house| {
        let shop = house.project().await;
        // No other process of the machine sleeps as long.
        let build = "echo compiling; sleep 3613";
        let draft = previewing(&shop, "v1", build).await;
        let ended = eventually("the build ends", async || {
            let shown = draft.read().await;
            (shown["isPreviewable"] == "false").then_some(shown)
        })
        .await;
        let entries = ended["previewableReport"]["entries"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["type"] == "Error");
        let entry = entry.unwrap();
        assert_eq!(entry["title"], "Connector image build check failed");
        eventually("the command of the step is gone", async || {
            (!is_running("sleep 3613")).then_some(())
        })
        .await;
        let message = entry["message"]
            .as_str()
            .unwrap()
            .replace(&shop.key, "shop");
        insta::assert_snapshot!(message, @"
        The build of `service` failed in the step build: the whole build took longer than 10 seconds, so this step was stopped.

        The end of its output:
          > build
          > echo compiling; sleep 3613
          compiling

        Reduce the work of the install, the unit tests and the build script: all steps together may take 10 seconds. Remove commands that wait for something, such as input or a server: they never end in a build.
        ");
        let reports = shop.get(&format!("{}/reports", draft.path())).await;
        let run = reports.of_status(200)["results"][0]["id"].clone();
        let path = format!("{}/reports/{}", draft.path(), run.as_str().unwrap());
        let files = shop.get(&path).await.of_status(200)["files"].clone();
        let mut files = files.as_array().unwrap().iter();
        let log = files.find(|file| file["name"] == "build-service.log");
        let url = log.unwrap()["url"].as_str().unwrap();
        let log = reqwest::get(url).await.unwrap().text().await.unwrap();
        assert!(log.contains("compiling\n"), "{log}");
        assert!(
            log.ends_with("# step build: the whole build took longer than 10 seconds, so this step was stopped.\n"),
            "{log}"
        );
    });
}

/// Whether a process of this machine has this command line.
fn is_running(command: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap();
    let mut lines = processes.filter_map(|one| {
        let line = std::fs::read(one.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.any(|line| line.trim_end() == command)
}

const SITE: &str = "
deployAs:
  - name: site
    applicationType: merchant-center-custom-application
    configuration:
      standardConfiguration:
        - key: CUSTOM_APPLICATION_ID
          description: Its id
          required: true
          default: app-1
        - key: ENTRY_POINT_URI_PATH
          description: Its path
          required: true
          default: orders
        - key: CLOUD_IDENTIFIER
          description: The region
          default: gcp-eu
        - key: SECONDS
          description: How long its build takes
          default: '0'
";

#[test]
fn a_deployment_shows_how_far_the_build_of_its_site_is() {
    in_a_project(async |shop| {
        let build = format!(
            "sleep ${{SECONDS:-0}} && mkdir public && echo {} > public/index.html",
            shop.key
        );
        let package = json!({"name": "site", "private": true, "scripts": {"build": build}});
        let files = [
            ("connect.yaml", SITE),
            ("site/package.json", &package.to_string()),
        ];
        shop.repository("minimal");
        shop.commit("minimal", &files, "v1");
        let draft = shop.draft("minimal").await.previewed().await;
        let values = crate::house::values("site", &[("SECONDS", "3")], &[]);
        let deployment = draft.deploy(values).await;
        eventually("the build is shown", async || {
            let shown = deployment.read().await;
            assert_eq!(shown["status"], "Deploying");
            let title = "Application build with its values started";
            let stage = stage(&shown["details"]["build"]["report"], title)?;
            (stage == "The build of `site` is running the build script").then_some(())
        })
        .await;
        assert_eq!(deployment.settled().await["status"], "Deployed");
        insta::assert_snapshot!(deployment.report().await, @"
        Information [site]: Application built with its values
        Information [site]: Application started
        ");
    });
}
