//! The service is called as its callers do: anybody reads the greeting, and only who knows the secret may post a cart.

use anyhow::{bail, ensure};
use http::header::AUTHORIZATION;
use http::{Method, StatusCode};
use secrets::Secret;
use serde_json::{Value, json};

use super::api::{Api, send, text};
use super::deployment::Deployment;
use super::story::Done;

/// The shop of the preview.
pub(super) const PREVIEW_SHOP: &str = "drawing board";
/// The default that the starter's connect.yaml gives to GREETING.
const DEFAULT: &str = "Hello from the slipway";

/// The address of the service's endpoint.
pub(super) fn url(deployment: &Deployment) -> anyhow::Result<String> {
    Ok(format!(
        "{}/service",
        text(deployment.application("service")?, "url")?
    ))
}

/// Where nothing was given, the default of connect.yaml holds.
pub(super) async fn answers_default(api: &Api, deployment: &Deployment) -> Done<()> {
    let told = greets(api, &url(deployment)?, DEFAULT, PREVIEW_SHOP).await?;
    Ok(((), vec![told]))
}

/// GET answers the configured values, POST takes a cart with the secret, and refuses one without.
pub(super) async fn answers(
    api: &Api,
    deployment: &Deployment,
    greeting: &str,
    shop: &str,
    token: &Secret,
) -> Done<()> {
    let url = url(deployment)?;
    let get = greets(api, &url, greeting, shop).await?;
    let cart =
        json!({"action": "Create", "resource": {"typeId": "cart", "id": "demo-cart", "obj": {}}});
    let with = api
        .visit(Method::POST, &url)
        .header(AUTHORIZATION, token.expose())
        .json(&cart);
    let answer = send(with).await?.expect(StatusCode::OK)?;
    let written = &answer["actions"][0]["fields"]["greeting"];
    ensure!(
        written == greeting,
        "POST {url} must write the greeting `{greeting}` on the cart, and answered {answer}"
    );
    send(api.visit(Method::POST, &url).json(&cart))
        .await?
        .expect(StatusCode::UNAUTHORIZED)?;
    let told = vec![
        get,
        format!(
            "POST with the secret  → 200, {} on the cart",
            answer["actions"][0]["action"].as_str().unwrap_or("nothing")
        ),
        "POST without          → 401".to_owned(),
    ];
    Ok(((), told))
}

async fn greets(api: &Api, url: &str, greeting: &str, shop: &str) -> anyhow::Result<String> {
    let answer = send(api.visit(Method::GET, url)).await?;
    let body: Value = answer.expect(StatusCode::OK)?;
    if body["greeting"] != greeting || body["shop"] != shop {
        bail!(
            "GET {url} must answer the greeting `{greeting}` and the shop `{shop}`, and answered {body}"
        );
    }
    Ok(format!("GET {url} → {body}"))
}
