//! The keys that verify tokens are published, change every month, and go when the last token that they signed has ended.

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Project, in_a_house_of_its_own, in_a_project, redacted};

const HOUR: Duration = Duration::from_secs(60 * 60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

async fn published(shop: &Project) -> Value {
    let request = shop.anonymous(Method::GET, "/.well-known/jwks.json");
    shop.send(request).await.of_status(200)
}

async fn ids(shop: &Project) -> Vec<String> {
    let set = published(shop).await;
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

async fn token(shop: &Project) -> String {
    let answer = shop.token("grant_type=client_credentials").await;
    let token = answer.of_status(200)["access_token"].take();
    token.as_str().unwrap().to_owned()
}

fn key_of(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

async fn status(shop: &Project, token: &str) -> u16 {
    let request = shop.anonymous(Method::GET, "/connectors/drafts");
    let bearer = format!("Bearer {token}");
    shop.send(request.header("authorization", bearer))
        .await
        .status
}

#[test]
fn a_service_can_verify_a_token_with_what_is_published_and_nothing_else() {
    in_a_project(async |shop| {
        let token = token(&shop).await;
        let set: JwkSet = serde_json::from_value(published(&shop).await).unwrap();
        let header = decode_header(&token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
        let key = set.find(&header.kid.unwrap()).unwrap();
        let url = shop.request(Method::GET, "").build().unwrap();
        let issuer = url.url().as_str().trim_end_matches('/').to_owned();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[&issuer]);
        validation.set_issuer(&[&issuer]);
        let key = DecodingKey::from_jwk(key).unwrap();
        let mut claims: Value = decode(&token, &key, &validation).unwrap().claims;
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            3600
        );
        for time in ["iat", "exp"] {
            claims[time] = json!(0);
        }
        insta::assert_snapshot!(redacted(claims.to_string()), @r#"{"sub":"{client}","project":"{shop}","scope":"manage_project:{shop}","iat":0,"exp":0,"client_id":"{client}","iss":"http://{platform}","aud":"http://{platform}","jti":"{id}"}"#);
    });
}

#[test]
fn the_set_has_public_halves_only_and_may_be_kept_for_a_while() {
    in_a_project(async |shop| {
        let request = shop.anonymous(Method::GET, "/.well-known/jwks.json");
        let answer = shop.send(request).await;
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let key = &mut answer.json()["keys"][0];
        assert_eq!(key["x"].as_str().unwrap().len(), 43);
        key["x"] = json!("{public}");
        insta::assert_snapshot!(redacted(key.to_string()), @r#"{"kid":"{id}","kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","x":"{public}"}"#);
    });
}

#[test]
fn a_key_signs_for_a_month_and_verifies_until_its_last_token_ends() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let first = key_of(&token(&shop).await);
        assert_eq!(ids(&shop).await, [first.as_str()]);

        house.time.pass(MONTH.saturating_sub(HOUR / 4));
        let last_of_first = token(&shop).await;
        assert_eq!(key_of(&last_of_first), first);

        house.time.pass(HOUR / 2);
        let of_second = token(&shop).await;
        let second = key_of(&of_second);
        assert_ne!(second, first);
        assert_eq!(ids(&shop).await, [first.as_str(), &second]);
        assert_eq!(status(&shop, &last_of_first).await, 200);
        assert_eq!(status(&shop, &of_second).await, 200);

        // Both keys are there after a restart, as the tokens are about.
        house.restart().await;
        assert_eq!(status(&shop, &last_of_first).await, 200);
        assert_eq!(status(&shop, &of_second).await, 200);

        house.time.pass(HOUR);
        assert_eq!(status(&shop, &last_of_first).await, 401);
        assert_eq!(ids(&shop).await, [second]);
    });
}
