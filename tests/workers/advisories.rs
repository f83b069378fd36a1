//! What is known of vulnerable dependencies comes from an archive that is fetched and from an npm registry, and where neither answers
//! the report says so.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use functions::scheduled::refresh_advisories;
use functions::{NpmAdvisories, StandardsOptions};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::house::{House, Operator, Project, in_a_house, report};

const SITE: &str = "deployAs:\n  - { name: site, applicationType: assets }\n";
const LOCKFILE: &str = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"lodash": "4.17.15"}},
  "node_modules/lodash": {"version": "4.17.15"}, "node_modules/qs": {"version": "6.7.0", "dev": true}}}"#;

/// A server of the outside world: an archive, and the endpoint of a registry; either may be broken.
#[derive(Clone, Default)]
struct World(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    archive: Option<(String, Vec<u8>)>,
    known: Option<Value>,
    asked: Vec<Value>,
    unchanged: u32,
}

impl World {
    /// Its address.
    async fn open(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/all.zip", get(archive))
            .route("/-/npm/v1/security/advisories/bulk", post(bulk))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn has(&self, etag: &str, archive: Vec<u8>) {
        self.0.lock().unwrap().archive = Some((etag.to_owned(), archive));
    }
}

async fn archive(State(world): State<World>, headers: HeaderMap) -> Response {
    let mut inner = world.0.lock().unwrap();
    let Some((etag, archive)) = inner.archive.clone() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if headers
        .get("if-none-match")
        .is_some_and(|sent| sent == etag.as_str())
    {
        inner.unchanged += 1;
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([("etag", etag)], archive).into_response()
}

async fn bulk(State(world): State<World>, body: Bytes) -> Response {
    let mut inner = world.0.lock().unwrap();
    inner.asked.push(serde_json::from_slice(&body).unwrap());
    match &inner.known {
        Some(known) => known.to_string().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// An archive of one advisory about lodash, with this id.
fn about_lodash(id: &str) -> Vec<u8> {
    let advisory = json!({
        "id": id,
        "modified": "2026-10-01T00:00:00Z",
        "summary": "Command injection in lodash",
        "affected": [{
            "package": {"ecosystem": "npm", "name": "lodash"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]}],
        }],
        "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-77"]},
    });
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file(format!("{id}.json"), options).unwrap();
    zip.write_all(advisory.to_string().as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

fn operator(standards: StandardsOptions) -> Operator {
    Operator {
        standards,
        ..Operator::default()
    }
}

/// A house whose operator has the registry of this world asked.
async fn asking(world: &World) -> House {
    let npm_advisories = NpmAdvisories::At(world.open().await);
    House::of(operator(StandardsOptions {
        npm_advisories,
        ..StandardsOptions::default()
    }))
    .await
}

/// What a preview of a site with a lockfile says of its dependencies.
async fn told(shop: &Project, tag: &str) -> String {
    shop.repository("minimal");
    let files = [
        ("connect.yaml", SITE),
        ("site/index.html", tag),
        ("site/package-lock.json", LOCKFILE),
    ];
    shop.commit("minimal", &files, tag);
    let draft = shop.draft("minimal").await;
    draft
        .act(json!([{"action": "setRepository", "tag": tag}]))
        .await
        .of_status(201);
    let report = report(&draft.preview().await["previewableReport"]);
    let lines = report
        .lines()
        .skip_while(|line| !line.contains("SCA analysis check") || line.contains("SAST and"));
    let kept = lines.take_while(|line| !line.contains("Secret detection"));
    let told: Vec<&str> = kept.collect();
    shop.delete(&draft.path()).await.of_status(200);
    // The registry is asked today, whenever that is.
    let today = regex::Regex::new(r"asked on \d{4}-\d{2}-\d{2}").unwrap();
    today
        .replace_all(&told.join("\n"), "asked on {date}")
        .into_owned()
}

#[test]
fn an_archive_is_fetched_whole_or_what_was_there_stays() {
    let world = World::default();
    let house = async {
        world.has("one", about_lodash("GHSA-0000-0000-0001"));
        let url = format!("{}/all.zip", world.open().await);
        House::of(operator(StandardsOptions {
            advisories_url: Some(url),
            ..StandardsOptions::default()
        }))
        .await
    };
    in_a_house(house, async |house| {
        let shop = house.project().await;
        let refresh = async || refresh_advisories::handle(house.platform()).await;
        refresh().await.unwrap();
        insta::assert_snapshot!(told(&shop, "first").await, @"
        Information: SCA analysis check ran
          Packages: 2; advisories: 1 (OSV archive, newest {time}).
        Error [site]: SCA analysis check failed
          site/package-lock.json:2 GHSA-0000-0000-0001 (high, CWE-77): lodash 4.17.15: GHSA-0000-0000-0001. Command injection in lodash. Take lodash 4.17.21 or newer, and commit the lockfile.
        ");
        world.has("two", about_lodash("GHSA-0000-0000-0002"));
        refresh().await.unwrap();
        let second = told(&shop, "second").await;
        assert!(
            second.contains("GHSA-0000-0000-0002") && !second.contains("0001"),
            "{second}"
        );
        // The same again is not fetched; one that is none, or holds nothing, is no reason to forget.
        refresh().await.unwrap();
        assert!(world.0.lock().unwrap().unchanged > 0);
        world.has("three", b"no archive".to_vec());
        let broken = refresh().await.unwrap_err();
        world.has(
            "four",
            zip::ZipWriter::new(Cursor::new(Vec::new()))
                .finish()
                .unwrap()
                .into_inner(),
        );
        let empty = refresh().await.unwrap_err();
        world.0.lock().unwrap().archive = None;
        let unavailable = refresh().await.unwrap_err();
        insta::assert_snapshot!([broken, empty, unavailable].map(|fault| fault.to_string()).join("\n"), @"
        invalid Zip archive: Could not find EOCD
        no new advisories could be fetched: the archive has no advisories for npm or Maven; those of before stay
        no new advisories could be fetched: the answer has the status 503 Service Unavailable; those of before stay
        ");
        assert_eq!(told(&shop, "third").await, second);
    });
}

#[test]
fn a_registry_is_asked_as_npm_audit_asks_it() {
    let world = World::default();
    let house = async {
        world.0.lock().unwrap().known = Some(json!({"lodash": [{
            "id": 1106913, "url": "https://github.com/advisories/GHSA-35jh-r3h4-6jhm", "title": "Command Injection in lodash",
            "severity": "high", "vulnerable_versions": "<4.17.21", "cwe": ["CWE-77", "CWE-94"],
            "cvss": {"score": 7.2, "vectorString": "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"},
        }]}));
        asking(&world).await
    };
    in_a_house(house, async |house| {
        let shop = house.project().await;
        insta::assert_snapshot!(told(&shop, "first").await, @"
        Information: SCA analysis check ran
          Packages: 2; advisories: 1 (npm registry, asked on {date}).
        Error [site]: SCA analysis check failed
          site/package-lock.json:2 GHSA-35jh-r3h4-6jhm (high, CWE-77): lodash 4.17.15: GHSA-35jh-r3h4-6jhm. Command Injection in lodash. Take lodash 4.17.21 or newer, and commit the lockfile.
        ");
        let asked = world.0.lock().unwrap().asked.clone();
        assert_eq!(asked, [json!({"lodash": ["4.17.15"], "qs": ["6.7.0"]})]);
    });
}

#[test]
fn a_registry_that_does_not_answer_is_named_and_left_alone_for_a_while() {
    let world = World::default();
    let house = asking(&world);
    in_a_house(house, async |house| {
        let shop = house.project().await;
        insta::assert_snapshot!(told(&shop, "first").await, @"
        Warning: SCA analysis check skipped
          No advisories are loaded, and the npm registry does not answer what it knows of packages (status 404), so nothing is known about the dependencies. The operator loads them with `slipway up --advisories PATH`.
        ");
        told(&shop, "second").await;
        assert_eq!(world.0.lock().unwrap().asked.len(), 1);
    });
}
