//! `manage_certifications` is the operator's: nothing implies it, no Project and no connect.yaml gives it to itself.

use functions::auth::clients;
use serde_json::json;
use uuid::Uuid;

use super::{action, path};
use crate::house::{House, in_the_house};
use domain::names::ProjectKey;
use store::Commit;

#[test]
fn who_may_do_everything_in_a_project_may_not_certify() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        let approve = json!({"version": 3, "actions": [action("start"), action("approve")]});
        let form = "grant_type=client_credentials&scope=manage_certifications:";
        let told = [
            shop.get("/certifications").await.errors(),
            shop.get(&path(&draft)).await.errors(),
            shop.post(&path(&draft), &approve).await.errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        403
        AuthorizationError: Access denied: the token lacks the scope manage_certifications:{shop}
        403
        AuthorizationError: Access denied: the token lacks the scope manage_certifications:{shop}
        403
        AuthorizationError: Access denied: the token lacks the scope manage_certifications:{shop}
        ");
        let token = shop
            .token(&format!("{form}{}", shop.key))
            .await
            .of_status(400);
        assert_eq!(token["error"], "invalid_scope");
    });
}

#[test]
fn a_certifier_sees_nothing_else_of_a_project() {
    in_the_house(async |house| {
        let (shop, certifier) = (house.project().await, house.certifier().await);
        let draft = shop.draft("minimal").await;
        draft.publish(true).await;
        for path in [
            draft.path(),
            "/connectors/drafts".to_owned(),
            "/connectors/search".to_owned(),
        ] {
            certifier.get(&path).await.of_status(403);
        }
        certifier.get(&path(&draft)).await.of_status(200);
    });
}

/// Who deploys gets an API client whose scopes the connect.yaml names.
async fn inherited(house: &House, scopes: &[&str]) -> String {
    let desk = &house.platform().desk;
    let shop = house.project().await;
    let scopes = scopes
        .iter()
        .map(|one| one.replace("{shop}", &shop.key))
        .collect();
    let project = ProjectKey::parse(&shop.key).expect("a key");
    let client = clients::make(desk, project, scopes, Some(Uuid::from_u128(1)));
    desk.commit(Commit::new().create(&client.row))
        .await
        .expect("the rows can be written");
    let (id, secret) = (&client.row.id, client.secret.expose());
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let asked = shop
        .anonymous(reqwest::Method::POST, "/oauth/token")
        .body(form);
    let asked = asked.header("content-type", "application/x-www-form-urlencoded");
    let token = shop.send(asked).await.of_status(200);
    let text = |name: &str| token[name].as_str().expect("a text").to_owned();
    let request = shop
        .anonymous(reqwest::Method::GET, "/certifications")
        .bearer_auth(text("access_token"));
    shop.send(request).await.of_status(403);
    crate::house::redacted(text("scope"))
}

#[test]
fn a_connect_yaml_cannot_name_the_scope_for_the_api_client_that_it_inherits() {
    in_the_house(async |house| {
        let scopes = inherited(house, &["manage_certifications", "view_products"]).await;
        assert_eq!(scopes, "view_products:{shop}");
        let hidden = ["view_orders manage_certifications:{shop} view_products"];
        insta::assert_snapshot!(inherited(house, &hidden).await, @"view_orders:{shop} manage_certifications:{shop}:{shop} view_products:{shop}");
    });
}

#[test]
fn an_api_client_has_scopes_that_there_are() {
    in_the_house(async |house| {
        let desk = &house.platform().desk;
        let create = async |key: &str, scope: &str| {
            let project = ProjectKey::parse(key).expect("a key");
            let made = clients::create(desk, project, vec![scope.to_owned()]).await;
            made.err().expect("refused").to_string()
        };
        let told = [
            create("my-shop", "manage_certification").await,
            create("certifications", "manage_project").await,
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        There is no scope manage_certification; an API client takes manage_project, view_connectors, manage_connectors, view_connectors_deployments, manage_connectors_deployments, manage_api_clients, manage_certifications.
        A Project cannot be called certifications: the paths of the API begin with this word. Choose another key.
        ");
    });
}
