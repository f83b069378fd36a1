//! Fills a data folder with published Connectors through the store's own writes, for `cargo xtask bench`: publishing so many by the API takes hours.
//!
//! `catalogue DATA COUNT PROJECT`: of ten Connectors seven are certified, one is private to PROJECT, and two to other Projects.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use domain::connector::{
    Connector, ConnectorRecord, Creator, IntegrationType, Release, Repository,
};
use domain::names::{CommitId, Key, ProjectKey, RepositoryUrl, Tag};
use domain::spec::{self, Spec};
use domain::time::Timestamp;
use slipway::gateway::ConnectionLimits;
use slipway::hosting::Timing;
use slipway::up::{Options, Server};
use store::Commit;
use uuid::Uuid;

/// Connectors in one transaction: each is two writes of the hundred that DynamoDB takes.
const BATCH: u32 = 40;
/// A thousand words, of which names and descriptions are made.
const SYLLABLES: [&str; 10] = [
    "ta", "ship", "pay", "or", "der", "stock", "sync", "re", "mail", "fin",
];
const TYPES: [IntegrationType; 5] = [
    IntegrationType::Tax,
    IntegrationType::Psp,
    IntegrationType::Erp,
    IntegrationType::Email,
    IntegrationType::Other,
];
const SPEC: &str = "
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - { key: GREETING, description: What it says, default: hello }
      securedConfiguration:
        - { key: TOKEN, description: A secret }
";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, count, project] = arguments.as_slice() else {
        anyhow::bail!("it takes DATA COUNT PROJECT");
    };
    let options = Options {
        listen: "127.0.0.1:0".parse()?,
        data: PathBuf::from(data),
        cache: None,
        url: None,
        application_domain: None,
        map_repository: Vec::new(),
        standards: functions::StandardsOptions::default(),
        rate: web::Rate::default(),
        cors: web::Cors::default(),
        connections: ConnectionLimits::of_process(),
        sleep_after: Some(Timing::SLEEP),
        allow_unsafe_sandbox: false,
    };
    let server = Server::start(options).await?;
    let made = Made {
        spec: spec::read(SPEC)
            .ok()
            .context("the example's connect.yaml is not valid")?,
        project: ProjectKey::parse(project)?,
    };
    let count: u32 = count.parse()?;
    for first in (0..count).step_by(BATCH as usize) {
        let mut commit = Commit::new();
        for number in first..count.min(first + BATCH) {
            commit = commit.create(&made.connector(number)?);
        }
        server.platform().desk.store.commit(commit).await?;
    }
    server.stop().await;
    Ok(())
}

struct Made {
    spec: Spec,
    project: ProjectKey,
}

impl Made {
    fn connector(&self, number: u32) -> anyhow::Result<ConnectorRecord> {
        let repository = Repository {
            url: RepositoryUrl::parse(&format!("https://github.com/bench/connector-{number}.git"))?,
            tag: Tag::parse("v1.0.0")?,
        };
        let certified = number % 10 < 7;
        let private_projects = match number % 10 {
            7 => vec![self.project.clone()],
            _ => Vec::new(),
        };
        let time = Timestamp("2026-11-22T16:00:00Z".parse()?);
        let time = Timestamp(time.0 + std::time::Duration::from_secs(u64::from(number)));
        let mut words = Words(u64::from(number));
        let connector = Connector {
            id: Uuid::from_u128(u128::from(words.next()) << 64 | u128::from(number)),
            key: Some(Key::parse(&format!("bench-{number}"))?),
            version: 1,
            name: format!("{} {number}", words.text(2)),
            description: Some(words.text(25)),
            integration_types: vec![TYPES[number as usize % TYPES.len()]],
            creator: Creator {
                name: None,
                title: None,
                email: "bench@example.org".to_owned(),
                company: Some(format!("Company {}", number % 500)),
                logo_url: None,
                no_of_contributors: None,
                support_url: None,
            },
            repository: repository.clone(),
            configurations: domain::configuration::configurations(&self.spec),
            global_configuration: None,
            api_client: None,
            private: !certified,
            supported_regions: Vec::new(),
            certified,
            documentation_url: None,
        };
        Ok(ConnectorRecord {
            owner: ProjectKey::parse(&format!("owner-{}", number % 1000))?,
            created_at: time,
            last_modified_at: time,
            listed: true,
            private_projects,
            release: Release {
                repository,
                commit: CommitId::parse(&format!("{number:040x}"))?,
                spec: self.spec.clone(),
                artifacts: BTreeMap::new(),
            },
            connector,
        })
    }
}

/// Words that look drawn at random and are the same in each run (the generator of Knuth's MMIX).
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn text(&mut self, count: usize) -> String {
        let mut text = String::new();
        for _ in 0..count {
            let mut rest = self.next();
            for _ in 0..3 {
                text.push_str(SYLLABLES[usize::try_from(rest % 10).unwrap_or(0)]);
                rest /= 10;
            }
            text.push(' ');
        }
        text.trim_end().to_owned()
    }
}
