//! `clients`: API clients are made, listed and revoked by the operator of an installation on AWS, as `slipway client` does on one machine.

use std::sync::Arc;

use domain::names::ProjectKey;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::clients::{self, CreateError, DEFAULT_SCOPES};
use crate::platform::Platform;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Order {
    #[serde(rename_all = "camelCase")]
    Create {
        project_key: ProjectKey,
        #[serde(default)]
        scopes: Vec<String>,
    },
    List {},
    #[serde(rename_all = "camelCase")]
    Revoke {
        client_id: String,
    },
}

const FORMS: &str =
    r#"{"create":{"projectKey":"my-shop"}}, {"list":{}} or {"revoke":{"clientId":"…"}}"#;

/// Does what the operator asks.
///
/// # Errors
/// A sentence for the operator.
pub async fn handle(platform: Arc<Platform>, order: Value) -> Result<Value, String> {
    let order = serde_json::from_value(order)
        .map_err(|error| format!("This function takes {FORMS}: {error}."))?;
    let desk = &platform.desk;
    match order {
        Order::Create {
            project_key,
            scopes,
        } => {
            let scopes = if scopes.is_empty() {
                DEFAULT_SCOPES
                    .iter()
                    .map(|&scope| scope.to_owned())
                    .collect()
            } else {
                scopes
            };
            let made = clients::create(desk, project_key, scopes).await;
            let made = made.map_err(|error| match error {
                CreateError::Refused(why) => why,
                CreateError::Fault(fault) => fault.to_string(),
            })?;
            Ok(json!({
                "clientId": made.row.id,
                "clientSecret": made.secret.expose(),
                "projectKey": made.row.project,
                "scopes": made.row.scopes,
            }))
        }
        Order::List {} => {
            let clients = clients::list(desk)
                .await
                .map_err(|fault| fault.to_string())?;
            let shown = clients.into_iter().map(|row| {
                json!({
                    "clientId": row.id,
                    "projectKey": row.project,
                    "scopes": row.scopes,
                    "createdAt": row.created_at,
                })
            });
            Ok(json!({ "clients": shown.collect::<Vec<_>>() }))
        }
        Order::Revoke { client_id } => {
            let revoked = clients::revoke(desk, &client_id).await;
            match revoked.map_err(|fault| fault.to_string())? {
                true => Ok(json!({ "revoked": client_id })),
                false => Err(format!("There is no API client {client_id}.")),
            }
        }
    }
}
