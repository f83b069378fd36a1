//! How soon a page of ten thousand drafts of one Project is there, from the beginning, from deep inside, sorted and filtered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::baseline::Answering;
use super::figure::{Figure, Target};
use super::flood::flood;
use super::sample::Sample;
use super::scene::Visitor;
use super::throughput::create;
use crate::platform::client::agent;

const DRAFTS: u64 = 10_000;
const REQUESTS: usize = 50;

/// Queries by one client, one after the other.
pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    fill(visitor)?;
    let queries = [
        ("Page 1 of 10,000 drafts", "limit=20", 25.0),
        (
            "The page at offset 9,900 of 10,000 drafts",
            "limit=20&offset=9900",
            150.0,
        ),
        (
            "The page at offset 5,000 of 10,000 drafts",
            "limit=20&offset=5000",
            150.0,
        ),
        (
            "Page 1 of 10,000 drafts by name",
            "limit=20&sort=name+asc",
            150.0,
        ),
        (
            "Page 1 of 10,000 drafts of a type",
            "limit=20&integrationTypes=other",
            150.0,
        ),
    ];
    let figures = queries.map(|(name, query, limit)| figure(visitor, name, query, limit));
    figures.into_iter().collect()
}

fn figure(visitor: &Visitor, name: &'static str, query: &str, limit: f64) -> Result<Figure> {
    let path = format!("/connectors/drafts?{query}");
    let page = visitor.client.get(&path)?.context("the list is gone")?;
    ensure!(page["count"] == 20, "{path} has {} results", page["count"]);
    let node = Answering::empty_node(page.to_string().len())?;
    let url = format!("{}{path}", visitor.client.url());
    Ok(Figure {
        name,
        unit: "ms",
        measured: times(visitor, &url)?,
        reference_name: "an empty Node.js server with as large an answer",
        reference: times(visitor, node.url())?,
        target: Target::AtMost(limit),
    })
}

fn times(visitor: &Visitor, url: &str) -> Result<Sample> {
    let agent = agent();
    let get = || -> Result<Duration> {
        let start = Instant::now();
        let request = agent.get(url);
        let request = request.header("Authorization", visitor.client.authorization());
        let mut answer = request.call()?;
        answer.body_mut().read_to_vec()?;
        ensure!(answer.status() == 200, "{url} answered {}", answer.status());
        Ok(start.elapsed())
    };
    get()?; // opens the connection
    let times: Vec<Duration> = (0..REQUESTS).map(|_| get()).collect::<Result<_>>()?;
    Ok(Sample::of_times(times))
}

/// Creates the drafts that are missing.
fn fill(visitor: &Visitor) -> Result<()> {
    let page = visitor.client.get("/connectors/drafts?limit=0")?;
    let total = page.context("the list is gone")?["total"]
        .as_u64()
        .context("a page has no total")?;
    let missing = AtomicU64::new(DRAFTS.saturating_sub(total));
    while missing.load(Ordering::Relaxed) > 0 {
        flood(
            Duration::from_secs(1),
            |_| Ok(()),
            |connection, (), _| {
                let less = |left: u64| left.checked_sub(1);
                let order = Ordering::Relaxed;
                match missing.fetch_update(order, order, less) {
                    Ok(number) => {
                        create(visitor, connection, &format!("bench-query-{number}")).map(drop)
                    }
                    Err(_) => {
                        crate::command::pause(Duration::from_millis(50));
                        Ok(())
                    }
                }
            },
        )?;
    }
    Ok(())
}
