//! A Project that asks too much is told when to come again, and the others do not notice.

use std::num::NonZeroU32;

use functions::auth::clients;
use reqwest::Method;
use web::{Cors, Rate};

use crate::house::{Answer, House, in_a_house};

const ONE: NonZeroU32 = NonZeroU32::MIN;

/// Sends until one is refused: a machine that is busy may take long enough for one more to be allowed.
async fn until_refused(mut send: impl AsyncFnMut() -> Answer) -> Answer {
    for _ in 0..500 {
        let answer = send().await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("500 requests came through");
}

#[test]
fn too_many_requests_of_a_project_are_refused_with_a_time_to_come_again() {
    let start = House::limited(Rate::per_second(ONE), Cors::default());
    in_a_house(start, async |house| {
        let (busy, other) = (house.project().await, house.project().await);
        let refused = until_refused(async || busy.get("/connectors/drafts").await).await;
        insta::assert_snapshot!(refused.errors(), @"
        429
        TooManyRequests: Too many requests for this Project; try again after 1 s.
        ");
        assert_eq!(refused.header("retry-after"), "1");
        assert!(refused.headers.contains_key("x-correlation-id"));
        other.get("/connectors/drafts").await.of_status(200);
    });
}

#[test]
fn who_repeats_a_wrong_secret_is_told_to_slow_down_and_the_right_one_still_logs_in() {
    let start = House::limited(Rate::default(), Cors::default());
    in_a_house(start, async |house| {
        let shop = house.project().await;
        let desk = &house.platform().desk;
        let made = clients::list(desk).await.unwrap();
        let client = made.iter().find(|one| one.project.as_str() == shop.key);
        let client = &client.unwrap().id;
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret=wrong");
        let wrong = async || {
            let request = shop.anonymous(Method::POST, "/oauth/token");
            shop.send(request.body(form.clone())).await
        };
        wrong().await.of_status(401);
        let refused = until_refused(wrong).await;
        insta::assert_snapshot!(refused.errors(), @"
        429
        TooManyRequests: Too many failed attempts of this API client; try again after 1 s.
        ");
        assert_eq!(refused.header("retry-after"), "1");
        shop.token("grant_type=client_credentials")
            .await
            .of_status(200);
    });
}
