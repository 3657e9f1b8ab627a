//! What is in the tables: the population, and what was changed since.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::task::TaskRow;
use crate::population::{Employee, Population, Task};

/// Changed tasks by number.
pub(super) type Changes = HashMap<u32, TaskRow>;

pub(super) struct Store {
    population: Arc<Population>,
    changes: Mutex<Changes>,
}

impl Store {
    pub(super) fn new(population: Arc<Population>) -> Self {
        Self {
            population,
            changes: Mutex::default(),
        }
    }

    pub(super) fn population(&self) -> &Population {
        &self.population
    }

    pub(super) fn owner(&self, number: u32) -> Option<Employee> {
        self.population.employee(number)
    }

    /// A task as it is now.
    pub(super) fn task(&self, task: Task) -> TaskRow {
        let changed = self.lock().get(&task.number()).cloned();
        changed.unwrap_or_else(|| task.into())
    }

    /// Makes all changes of `write`, or none of them where it fails; nobody sees a part of them.
    pub(super) fn transaction<T, E>(&self, write: impl FnOnce(&mut Changes) -> Result<T, E>) -> Result<T, E> {
        let mut current = self.lock();
        let mut changes = current.clone();
        let written = write(&mut changes)?;
        *current = changes;
        Ok(written)
    }

    fn lock(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
