//! `Prefer: wait=N`: however many reads wait, they cost little, and no Project keeps the others from their answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use functions::scheduled::sweep;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use slipway::engine::{Fate, Protocol, Weather};

use crate::house::{Answer, Draft, House, Operator, Project, eventually, in_a_house};

/// Reads of a Project that wait at the same time at most.
const PLACES: usize = 100;
/// Reads that are sent beyond those.
const MORE: usize = 10;

/// Reads of rows are counted, and no message comes to its queue as long as they are held back.
#[derive(Clone, Default)]
struct Sky {
    reads: Arc<AtomicUsize>,
    held_back: Arc<AtomicBool>,
}

impl Sky {
    fn weather(&self) -> Weather {
        let sky = self.clone();
        Weather::new(move |protocol, operation| match (protocol, operation) {
            (Protocol::Rows, "GetItem") => {
                sky.reads.fetch_add(1, Ordering::SeqCst);
                Fate::Fair
            }
            (Protocol::Messages, "SendMessage" | "SendMessageBatch")
                if sky.held_back.load(Ordering::SeqCst) =>
            {
                Fate::RequestLost
            }
            _ => Fate::Fair,
        })
    }
}

/// A draft whose preview does not begin.
async fn pending(shop: &Project) -> Draft {
    let draft = shop.draft("minimal").await;
    let preview = json!([{"action": "updatePreviewable"}]);
    let shown = draft.act(preview).await.of_status(201);
    assert_eq!(shown["isPreviewable"], "pending");
    draft
}

async fn wait(draft: &Draft, seconds: u32) -> Answer {
    let request = draft.project.request(Method::GET, &draft.path());
    let request = request.header("prefer", format!("wait={seconds}"));
    draft.project.send(request).await
}

#[test]
fn a_hundred_reads_wait_together_and_more_are_answered_at_once() {
    let sky = Sky::default();
    let house = House::of(Operator {
        weather: sky.weather(),
        ..Operator::default()
    });
    in_a_house(house, async |house| {
        let (shop, other) = (house.project().await, house.project().await);
        sky.held_back.store(true, Ordering::SeqCst);
        let (draft, elsewhere) = (pending(&shop).await, pending(&other).await);
        let answered = AtomicUsize::new(0);
        let waiting = join_all((0..PLACES + MORE).map(async |_| {
            let answer = wait(&draft, 25).await;
            answered.fetch_add(1, Ordering::SeqCst);
            answer.of_status(200)["isPreviewable"].clone()
        }));
        let looking = async {
            eventually("those that find no place are answered", async || {
                (answered.load(Ordering::SeqCst) == MORE).then_some(())
            })
            .await;
            // Another Project waits as ever; two seconds are a measure of what the hundred cost.
            sky.reads.store(0, Ordering::SeqCst);
            let begun = Instant::now();
            wait(&elsewhere, 2).await.of_status(200);
            assert!(begun.elapsed() >= Duration::from_secs(2));
            let reads = sky.reads.load(Ordering::SeqCst);
            assert!(reads < PLACES, "{reads} reads of rows in two seconds");
            sky.held_back.store(false, Ordering::SeqCst);
            house.time.pass(Duration::from_secs(10));
            sweep::handle(house.platform()).await.unwrap();
        };
        let (answers, ()) = futures_util::future::join(waiting, looking).await;
        let ended = answers.iter().filter(|previewable| *previewable == "true");
        assert_eq!(ended.count(), PLACES, "{answers:?}");
    });
}
