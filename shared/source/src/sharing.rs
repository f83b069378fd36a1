//! Callers who ask the same at the same time share one answer, and nobody gets one that was begun before he asked.
//!
//! While one asks, all others wait; when he is done, one of those asks for all who came meanwhile. A server thus has one question at a
//! time of each kind, however many callers there are. An error is not shared: whoever waited for it asks alone.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Instant;

use tokio::sync::Mutex;

/// What is asked now, and the last answers as long as somebody waits.
#[derive(Debug)]
pub(crate) struct Sharing<K, V>(StdMutex<HashMap<K, Slot<V>>>);

type Slot<V> = Arc<Mutex<Option<Last<V>>>>;

/// The last question: when it was begun, and its answer unless it failed.
#[derive(Debug)]
struct Last<V> {
    begun: Instant,
    answer: Option<V>,
}

impl<K, V> Default for Sharing<K, V> {
    fn default() -> Self {
        Self(StdMutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Sharing<K, V> {
    /// The answer to `ask`, or the same answer that another got.
    pub(crate) async fn answer<E>(
        &self,
        key: &K,
        ask: impl AsyncFnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        let came = Instant::now();
        let slot = self.slot(key);
        let _leaves = Leaves(self, key);
        let mut last = slot.lock().await;
        match last.as_ref().filter(|last| last.begun >= came) {
            Some(Last {
                answer: Some(answer),
                ..
            }) => Ok(answer.clone()),
            Some(Last { answer: None, .. }) => {
                drop(last);
                ask().await
            }
            None => {
                let begun = Instant::now();
                let answer = ask().await;
                *last = Some(Last {
                    begun,
                    answer: answer.as_ref().ok().cloned(),
                });
                answer
            }
        }
    }

    fn slot(&self, key: &K) -> Slot<V> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key.clone()).or_default())
    }
}

/// Forgets a question when the last caller goes, however he goes.
struct Leaves<'a, K: Eq + Hash, V>(&'a Sharing<K, V>, &'a K);

impl<K: Eq + Hash, V> Drop for Leaves<'_, K, V> {
    fn drop(&mut self) {
        let mut slots = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's own, and that of the caller who leaves.
        if slots
            .get(self.1)
            .is_some_and(|slot| Arc::strong_count(slot) <= 2)
        {
            slots.remove(self.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Semaphore;
    use tokio::task::JoinHandle;

    use super::*;

    /// Answers with the number of the question, once it may.
    struct Server {
        sharing: Sharing<&'static str, u32>,
        asked: AtomicU32,
        may: Semaphore,
        fails: bool,
    }

    impl Server {
        fn new(fails: bool) -> Arc<Self> {
            Arc::new(Self {
                sharing: Sharing::default(),
                asked: AtomicU32::new(0),
                may: Semaphore::new(0),
                fails,
            })
        }

        /// A caller who waits in line, or is being answered, when this returns.
        async fn caller(self: &Arc<Self>) -> JoinHandle<Result<u32, u32>> {
            let server = self.clone();
            let caller = tokio::spawn(async move {
                let ask = async || {
                    let number = server.asked.fetch_add(1, Ordering::SeqCst) + 1;
                    server.may.acquire().await.expect("open").forget();
                    if server.fails {
                        Err(number)
                    } else {
                        Ok(number)
                    }
                };
                server.sharing.answer(&"v1", ask).await
            });
            // With one thread, the task runs until it waits.
            tokio::task::yield_now().await;
            caller
        }

        async fn three(self: &Arc<Self>) -> [Result<u32, u32>; 3] {
            let callers = [
                self.caller().await,
                self.caller().await,
                self.caller().await,
            ];
            self.may.add_permits(3);
            let [first, second, third] = callers;
            [first.await, second.await, third.await].map(|answer| answer.expect("no panic"))
        }

        fn is_forgotten(&self) -> bool {
            self.sharing.0.lock().expect("no panic").is_empty()
        }
    }

    #[tokio::test]
    async fn who_comes_during_a_question_shares_the_next_one() {
        let server = Server::new(false);
        assert_eq!(server.three().await, [Ok(1), Ok(2), Ok(2)]);
        assert!(server.is_forgotten());
    }

    #[tokio::test]
    async fn who_comes_later_asks_anew() {
        let server = Server::new(false);
        server.may.add_permits(2);
        for number in [1, 2] {
            let answer = server.caller().await.await;
            assert_eq!(answer.expect("no panic"), Ok(number));
        }
    }

    #[tokio::test]
    async fn an_error_is_not_shared() {
        let server = Server::new(true);
        assert_eq!(server.three().await, [Err(1), Err(2), Err(3)]);
        assert!(server.is_forgotten());
    }

    #[tokio::test]
    async fn a_caller_who_gives_up_lets_the_next_one_ask() {
        let server = Server::new(false);
        let first = server.caller().await;
        let second = server.caller().await;
        first.abort();
        assert!(first.await.is_err());
        server.may.add_permits(1);
        assert_eq!(second.await.expect("no panic"), Ok(2));
        assert!(server.is_forgotten());
    }
}
