//! Applications that mean harm, or are merely broken: contained, named where their owner looks, and without effect on the others.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use slipway::hosting::Timing;

use crate::house::{Deployment, House, Operator, Project, eventually, in_a_house, report, values};

/// A service whose code is this.
async fn service(shop: &Project, script: &str) -> Deployment {
    let draft = shop.draft_of(script).await;
    let token = format!("token-of-{}", shop.key);
    draft
        .deployed(values("service", &[], &[("TOKEN", &token)]))
        .await
}

/// A house whose applications are started again without long pauses, and in which one of another Project runs.
fn in_a_street(test: impl AsyncFnOnce(&House, Project, Deployment)) {
    let mut timing = Timing::default();
    timing.backoff.longest = timing.backoff.first;
    timing.backoff.first = Duration::from_millis(20);
    let operator = Operator {
        timing,
        ..Operator::default()
    };
    in_a_house(House::of(operator), async |house| {
        let neighbour = house.project().await;
        let neighbour = neighbour.draft("minimal").await.previewed().await;
        let token = values("service", &[], &[("TOKEN", "the-neighbours-token")]);
        let neighbour = neighbour.deployed(token).await;
        let shop = house.project().await;
        test(house, shop, neighbour).await;
    });
}

/// Whether an application answers as it always does.
async fn is_well(neighbour: &Deployment) {
    let answer = neighbour.call("/service").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn one_that_crashes_in_a_loop_is_in_the_report_of_its_deployment() {
    in_a_street(async |_, shop, neighbour| {
        let deployment = service(
            &shop,
            "require('http').createServer((req, res) => res.end()).listen(8080); setTimeout(() => { console.log('no memory left for', process.env.TOKEN); process.exit(9) }, 300)",
        )
        .await;
        let told = eventually("the report tells the crashes", async || {
            let told = report(&deployment.read().await["details"]["build"]["report"]);
            told.contains("again and again").then_some(told)
        })
        .await;
        insta::assert_snapshot!(told, @"
        Information [service]: Application started
        Warning [service]: Application crashes again and again
          It crashed 5 times in a row; the last time, it ended with exit code 9. It is started again with growing pauses, and requests meanwhile get 503. Roll back to an earlier revision, or mend it and redeploy. Its last lines:
            no memory left for ********
        ");
        is_well(&neighbour).await;
    });
}

#[test]
fn one_that_fills_its_disk_is_ended_and_its_files_are_gone() {
    in_a_street(async |house, shop, neighbour| {
        let deployment = service(
            &shop,
            "const fs = require('fs'); require('http').createServer((req, res) => { res.end(); let n = 0; const fill = () => { fs.writeFileSync(process.env.TMPDIR + '/' + n++, Buffer.alloc(64 << 20, 1)); setImmediate(fill) }; fill() }).listen(8080)",
        )
        .await;
        deployment.call("/").await;
        deployment
            .logged("it wrote more to the disk than its limit of 1024 MiB", 1)
            .await;
        is_well(&neighbour).await;
        eventually("its files are gone", async || {
            (bytes_in(&house.data().join("run")) < 64 << 20).then_some(())
        })
        .await;
    });
}

#[test]
fn one_that_forks_without_end_is_ended() {
    in_a_street(async |_, shop, neighbour| {
        let deployment = service(
            &shop,
            "const { spawn } = require('child_process'); require('http').createServer((req, res) => { res.end(); for (let n = 0; n < 200; n++) spawn('sleep', ['1000'], { detached: true }).on('error', () => {}) }).listen(8080)",
        )
        .await;
        deployment.call("/").await;
        deployment
            .logged("it started more processes than its limit of 128 at once", 1)
            .await;
        is_well(&neighbour).await;
    });
}

#[test]
fn one_that_takes_all_memory_is_ended() {
    in_a_street(async |_, shop, neighbour| {
        let deployment = service(
            &shop,
            "const all = []; require('http').createServer((req, res) => { res.end(); const take = () => { all.push(Buffer.alloc(16 << 20, 1)); setImmediate(take) }; take() }).listen(8080)",
        )
        .await;
        deployment.call("/").await;
        deployment
            .logged("it used more memory than its limit of 512 MiB", 1)
            .await;
        is_well(&neighbour).await;
    });
}

#[test]
fn one_that_writes_a_hundred_megabytes_keeps_the_end_of_it_and_takes_nobody_elses() {
    in_a_street(async |house, shop, neighbour| {
        let deployment = service(
            &shop,
            "const line = 'x'.repeat(10000); require('http').createServer((req, res) => { for (let n = 0; n < 14000; n++) console.log(line); console.log('that was all'); res.end() }).listen(8080)",
        )
        .await;
        let noise = async { deployment.call("/").await };
        let quiet = async {
            for _ in 0..20 {
                let asked = Instant::now();
                is_well(&neighbour).await;
                assert!(asked.elapsed() < Duration::from_secs(5));
            }
        };
        let (noise, ()) = futures_util::join!(noise, quiet);
        assert_eq!(noise.status, 200);
        let logs = house.data().join("logs").join(&deployment.id);
        assert!(
            bytes_in(&logs) <= 17 * (8 << 20),
            "16 files of 8 MiB, and one to be written"
        );
        neighbour.logged("listening on port 8080", 1).await;
        neighbour.logged("GET /service", 20).await;
    });
}

#[test]
fn one_that_answers_500_is_passed_on_as_it_is() {
    in_a_street(async |_, shop, _| {
        let script = "require('http').createServer((req, res) => res.writeHead(500).end('my fault')).listen(8080)";
        let deployment = service(&shop, script).await;
        let answer = deployment.call("/").await;
        assert_eq!((answer.status, answer.text.as_str()), (500, "my fault"));
        let request = deployment.logged("HTTP_REQUEST", 1).await.remove(0);
        assert_eq!(request["severity"], "ERROR");
    });
}

/// Tries to read what is not its own, and answers what came of it.
const CURIOUS: &str = r#"
const fs = require('fs'), path = require('path');
const data = path.resolve(process.env.HOME, '../../..');
const attempt = (what) => { try { return what() } catch (error) { return error.code } };
const own = process.env.HOME.split('/').at(-2);
const seen = () => ({
  files: Object.fromEntries(['master.key', 'rows.db', 'operator.json', 'logs', 'blobs', 'cache', 'scratch'].map((name) => [name, attempt(() => fs.openSync(path.join(data, name)) && 'opened')])),
  runs: attempt(() => fs.readdirSync(path.join(data, 'run')).filter((name) => name !== own)),
  applications: attempt(() => fs.readdirSync(path.join(data, 'apps')).length),
  environments: attempt(() => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((id) => attempt(() => fs.readFileSync(`/proc/${id}/environ`, 'utf8'))).join('')),
  written: attempt(() => fs.writeFileSync(path.join(data, 'run', 'mine'), '')),
  system: attempt(() => fs.readFileSync('/etc/shadow', 'utf8').length),
});
require('http').createServer(async (req, res) => {
  const base = new URL(process.env.CONNECT_SERVICE_URL).origin;
  const operator = await fetch(base + '/operator/clients').then((answer) => answer.status);
  res.end(JSON.stringify({ ...seen(), operator }));
}).listen(8080)
"#;

#[test]
fn one_that_is_curious_sees_nothing_of_the_platform_and_of_others() {
    in_a_street(async |house, shop, neighbour| {
        let deployment = service(&shop, CURIOUS).await;
        let seen: Value = deployment.call("/").await.of_status(200);
        for name in [
            "master.key",
            "rows.db",
            "operator.json",
            "logs",
            "blobs",
            "cache",
        ] {
            let there = house.data().join(name).exists() || name == "cache";
            assert!(there, "{name} is what the platform has");
            assert!(is_refused(&seen["files"][name]), "{name} in {seen}");
        }
        assert!(
            seen["runs"] == json!([]) || is_refused(&seen["runs"]),
            "{seen}"
        );
        assert!(
            seen["applications"] == 1 || is_refused(&seen["applications"]),
            "{seen}"
        );
        assert!(
            is_refused(&seen["written"]) && is_refused(&seen["system"]),
            "{seen}"
        );
        assert_eq!(seen["operator"], 401);
        let text = seen.to_string();
        assert!(
            text.contains(&format!("token-of-{}", shop.key)),
            "its own environment"
        );
        assert!(!text.contains("the-neighbours-token"), "{text}");
        is_well(&neighbour).await;
        // What a request to another's event or job could do is its own business: they have public addresses too.
        let answer = shop
            .send(shop.anonymous(Method::GET, "/operator/tokens"))
            .await;
        assert_eq!(answer.status, 401);
    });
}

fn is_refused(outcome: &Value) -> bool {
    ["ENOENT", "EACCES", "EROFS", "EPERM"]
        .iter()
        .any(|code| outcome == code)
}

/// What lies on the disk in a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    bytes.sum()
}
