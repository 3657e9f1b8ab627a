//! How many instances each component has, and how much memory they take.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Of all components.
#[derive(Default)]
pub(crate) struct Instances(Mutex<BTreeMap<String, Arc<Gauge>>>);

/// Of one component.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    instances: AtomicI64,
    memory: AtomicI64,
}

/// What lives at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InUse {
    pub(crate) instances: i64,
    /// Bytes.
    pub(crate) memory: i64,
}

/// One instance, counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    gauge: Arc<Gauge>,
    memory: i64,
}

impl Instances {
    pub(crate) fn gauge(&self, component: &str) -> Arc<Gauge> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(component.to_owned()).or_default())
    }

    pub(crate) fn each(&self, mut tell: impl FnMut(&str, InUse)) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (component, gauge) in &*all {
            tell(component, gauge.in_use());
        }
    }
}

impl Gauge {
    pub(crate) fn count(self: &Arc<Self>) -> Counted {
        self.instances.fetch_add(1, Ordering::Relaxed);
        Counted {
            gauge: Arc::clone(self),
            memory: 0,
        }
    }

    fn in_use(&self) -> InUse {
        InUse {
            instances: self.instances.load(Ordering::Relaxed),
            memory: self.memory.load(Ordering::Relaxed),
        }
    }
}

impl Counted {
    /// One of its memories grows from so many bytes to so many.
    pub(crate) fn grows(&mut self, from: usize, to: usize) {
        let more = i64::try_from(to.saturating_sub(from)).unwrap_or(0);
        self.memory += more;
        self.gauge.memory.fetch_add(more, Ordering::Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.gauge.instances.fetch_sub(1, Ordering::Relaxed);
        self.gauge.memory.fetch_sub(self.memory, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_counts_with_its_memory_until_it_is_gone() {
        let instances = Instances::default();
        let mut first = instances.gauge("home").count();
        let second = instances.gauge("home").count();
        first.grows(0, 100);
        first.grows(100, 150);
        let seen = |instances: &Instances| {
            let mut seen = Vec::new();
            instances.each(|component, in_use| seen.push((component.to_owned(), in_use)));
            seen
        };
        let in_use = |instances, memory| vec![("home".to_owned(), InUse { instances, memory })];
        assert_eq!(seen(&instances), in_use(2, 150));
        drop(first);
        assert_eq!(seen(&instances), in_use(1, 0));
        drop(second);
        assert_eq!(seen(&instances), in_use(0, 0));
    }
}
