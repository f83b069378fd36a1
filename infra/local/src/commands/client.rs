//! `slipway client`: API clients are made, listed and revoked, whether the platform runs or not.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Subcommand;
use domain::names::ProjectKey;
use functions::auth::clients;
use serde_json::{Value, json};
use store::Store;
use work::{Clock, Desk, Ids};

use super::operator::{running, send};
use crate::engine::Engine;
use crate::gateway::{CLIENTS, NewClient};
use crate::layout::{TABLE, layout};

#[derive(Subcommand)]
pub(super) enum Client {
    /// Makes an API client and prints its secret, which is shown only now.
    Create {
        /// The Project that its tokens are for.
        #[arg(long)]
        project: ProjectKey,
        /// A scope without Project key, such as view_connectors; repeatable. None: manage_project, which gives all but
        /// manage_certifications: deciding on the Connectors of every Project.
        #[arg(long)]
        scope: Vec<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Lists API clients.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Revokes an API client: it gets no further token.
    Revoke {
        /// The client id.
        id: String,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(clap::Args)]
pub(super) struct Common {
    /// The data folder.
    #[arg(long, default_value = ".slipway")]
    data: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: Client) -> anyhow::Result<()> {
    match command {
        Client::Create {
            project,
            scope,
            common,
        } => {
            let scopes = if scope.is_empty() {
                clients::DEFAULT_SCOPES
                    .iter()
                    .map(|scope| (*scope).to_owned())
                    .collect()
            } else {
                scope
            };
            let new = NewClient {
                project_key: project,
                scopes,
            };
            let made = match running(&common.data).await {
                Some(running) => {
                    let request = reqwest::Client::new()
                        .post(format!("{}{CLIENTS}", running.url))
                        .json(&new);
                    send(request, &running).await?
                }
                None => {
                    let client =
                        clients::create(&desk(&common.data).await?, new.project_key, new.scopes)
                            .await?;
                    json!({"clientId": client.row.id, "clientSecret": client.secret.expose(), "projectKey": client.row.project, "scopes": client.row.scopes})
                }
            };
            show(&common, &made);
        }
        Client::List { common } => {
            let all = match running(&common.data).await {
                Some(running) => {
                    let request = reqwest::Client::new().get(format!("{}{CLIENTS}", running.url));
                    send(request, &running).await?
                }
                None => {
                    let all = clients::list(&desk(&common.data).await?).await?;
                    let shown = all.iter().map(|client| json!({"clientId": client.id, "projectKey": client.project, "scopes": client.scopes, "createdAt": client.created_at}));
                    json!(shown.collect::<Vec<_>>())
                }
            };
            show(&common, &all);
        }
        Client::Revoke { id, common } => {
            let revoked = match running(&common.data).await {
                Some(running) => {
                    let request =
                        reqwest::Client::new().delete(format!("{}{CLIENTS}/{id}", running.url));
                    send(request, &running).await?["revoked"] == json!(true)
                }
                None => clients::revoke(&desk(&common.data).await?, &id).await?,
            };
            if !revoked {
                bail!(
                    "There is no API client {id}. `slipway client list` shows those that there are."
                );
            }
            show(&common, &json!({"clientId": id, "revoked": true}));
        }
    }
    Ok(())
}

/// The rows of a data folder that no platform has open.
async fn desk(data: &Path) -> anyhow::Result<Desk> {
    if !data.join("rows.db").try_exists()? {
        bail!(
            "There is no data folder {}. `slipway up --data {0}` makes one; --data names another.",
            data.display()
        );
    }
    let engine = Engine::open(data, &layout()).await?;
    let ids = Ids::random();
    Ok(Desk {
        store: Store::new(engine.dynamodb(), TABLE),
        queue: queue::Queue::new(engine.sqs(), std::collections::HashMap::default()),
        clock: Clock::system(),
        process: ids.next(),
        ids,
        alone: true,
    })
}

#[expect(clippy::print_stdout, reason = "what was made is the command's output")]
fn show(common: &Common, value: &Value) {
    if common.json {
        println!("{value}");
        return;
    }
    match value {
        Value::Array(all) if all.is_empty() => println!("There are no API clients."),
        Value::Array(all) => all.iter().for_each(|one| println!("{}", line(one))),
        one => println!("{}", line(one)),
    }
}

fn line(one: &Value) -> String {
    let fields = one.as_object().into_iter().flatten().map(|(name, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(","),
            other => other.to_string(),
        };
        format!("{name}={value}")
    });
    fields.collect::<Vec<_>>().join("  ")
}
