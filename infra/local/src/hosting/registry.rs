//! Which instances there are and which one serves; all routes of a Deployment move under one lock, so that nobody sees half a switch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hosting::{Fault, Launch};
use uuid::Uuid;

use super::instance::{Instance, Phase, Visit};

#[derive(Default)]
pub(crate) struct Registry {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    instances: Vec<Arc<Instance>>,
    routes: HashMap<Uuid, Arc<Instance>>,
}

impl Registry {
    /// The instance of this launch, and whether it was made now: the caller must run its task then.
    pub(crate) fn instance(
        &self,
        launch: &Launch,
        make: impl FnOnce() -> Instance,
    ) -> (Arc<Instance>, bool) {
        let mut state = self.state();
        let same = |instance: &Arc<Instance>| {
            instance.launch.application == launch.application
                && instance.launch.revision == launch.revision
        };
        if let Some(position) = state.instances.iter().position(same) {
            let known = &state.instances[position];
            if matches!(known.phase(), Phase::Starting | Phase::Up) && !known.end.is_cancelled() {
                return (known.clone(), false);
            }
            state.instances.remove(position);
        }
        let instance = Arc::new(make());
        state.instances.push(instance.clone());
        (instance, true)
    }

    /// The instance that serves the application.
    pub(crate) fn enter(&self, application: Uuid) -> Option<Visit> {
        self.state().routes.get(&application).map(Visit::new)
    }

    /// The same for who only looks, and must not wake it.
    pub(crate) fn instance_of(&self, application: Uuid) -> Option<Arc<Instance>> {
        self.state().routes.get(&application).cloned()
    }

    /// Moves the routes to the applications of this revision that are up. All instances stay.
    pub(crate) fn switch(&self, deployment: Uuid, revision: u64) -> Result<(), Fault> {
        let mut state = self.state();
        let new = state.instances.iter().filter(|it| {
            it.launch.deployment == deployment
                && it.launch.revision == revision
                && !it.end.is_cancelled()
        });
        let starting = new
            .clone()
            .any(|instance| matches!(instance.phase(), Phase::Starting));
        // What does not come up after a restart must not keep the others away; a deploy run switches only when all have come up.
        let up: Vec<_> = new
            .filter(|instance| matches!(instance.phase(), Phase::Up))
            .cloned()
            .collect();
        if up.is_empty() || starting {
            return Err(Fault::new(format!(
                "revision {revision} of Deployment {deployment} cannot take over: its applications were not started"
            )));
        }
        state
            .routes
            .retain(|_, instance| instance.launch.deployment != deployment);
        for instance in up {
            state.routes.insert(instance.launch.application, instance);
        }
        Ok(())
    }

    /// Takes the instances of earlier revisions away, which the caller drains; none that still has its route.
    pub(crate) fn retire(&self, deployment: Uuid, revision: u64) -> Vec<Arc<Instance>> {
        let State { instances, routes } = &mut *self.state();
        let routed = |instance: &Arc<Instance>| {
            let route = routes.get(&instance.launch.application);
            route.is_some_and(|route| Arc::ptr_eq(route, instance))
        };
        let (retired, left) = std::mem::take(instances).into_iter().partition(|it| {
            it.launch.deployment == deployment && it.launch.revision < revision && !routed(it)
        });
        *instances = left;
        retired
    }

    /// Takes the instances of a Deployment (of one revision, or all) and their routes away; the caller stops them.
    pub(crate) fn take(&self, deployment: Uuid, revision: Option<u64>) -> Vec<Arc<Instance>> {
        let mut state = self.state();
        let meant = |instance: &Instance| {
            instance.launch.deployment == deployment
                && revision.is_none_or(|revision| instance.launch.revision == revision)
        };
        state.routes.retain(|_, instance| !meant(instance));
        let (taken, left) = std::mem::take(&mut state.instances)
            .into_iter()
            .partition(|it| meant(it));
        state.instances = left;
        taken
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
