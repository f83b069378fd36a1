//! A revoked API client gets no further token; those that it has end with their hour, as no request asks the rows for them.

use std::time::Duration;

use domain::names::ProjectKey;
use functions::auth::clients;
use store::keys;
use store::rows::ApiClientRow;

use crate::house::{House, Project, in_a_house_of_its_own};

async fn client(house: &House, shop: &Project) -> ApiClientRow {
    let all = clients::list(&house.platform().desk).await.unwrap();
    let mut all = all.into_iter();
    all.find(|one| one.project.as_str() == shop.key).unwrap()
}

#[test]
fn a_revoked_client_gets_no_token_and_the_ones_it_has_end_within_the_hour() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        let id = client(house, &shop).await.id;
        assert!(clients::revoke(&house.platform().desk, &id).await.unwrap());
        shop.token("grant_type=client_credentials")
            .await
            .of_status(401);
        shop.get("/connectors/drafts").await.of_status(200);
        house.time.pass(Duration::from_secs(60 * 60));
        shop.get("/connectors/drafts").await.of_status(401);
    });
}

#[test]
fn of_a_secret_only_its_hash_is_kept() {
    in_a_house_of_its_own(async |house| {
        let made = clients::create(
            &house.platform().desk,
            ProjectKey::parse("hashed").unwrap(),
            vec!["view_connectors".to_owned()],
        )
        .await
        .unwrap();
        let row: Option<ApiClientRow> = house
            .platform()
            .desk
            .store
            .get(&keys::client(&made.row.id))
            .await
            .unwrap();
        let kept = serde_json::to_string(&row.unwrap()).unwrap();
        assert!(!kept.contains(made.secret.expose()), "{kept}");
    });
}
