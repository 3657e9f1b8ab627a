//! The emulated systems, one module each.

mod azure;
mod cards;
mod dataverse;
mod directory;
mod entra;
mod graph;
mod onpremises;
mod payroll;
mod powerapps;
mod powerautomate;
mod sharepoint;

use std::sync::Arc;

pub use self::cards::{CARDS_CLIENT_ID, CARDS_KEY};
pub use self::onpremises::{ONPREMISES_PASSWORD, ONPREMISES_USER};
pub use self::payroll::{PAYROLL_PASSWORD, PAYROLL_USER};
pub(crate) use self::powerautomate::Flow;
pub use self::powerautomate::{NOTIFY_FLOW, NOTIFY_PATH, NOTIFY_SIGNATURE, Notification};

use crate::authority::Authority;
use crate::call::Call;
use crate::fault::FaultTable;
use crate::population::Population;
use crate::reply::{Refusal, Reply};
use crate::system::System;

/// A system: what it answers to a call, and how it words a refusal that a fault asks for.
pub(crate) trait BackEnd: Send + Sync {
    fn answer(&self, call: &Call) -> Reply;

    /// An error of the given status, in this system's own shape.
    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply;

    /// The answer to a caller whose token does not hold, whatever was answered to it before.
    fn turn_away(&self, _call: &Call) -> Option<Reply> {
        None
    }

    /// Whether a GET is answered the same way until something is written, so that the answer can be remembered.
    fn repeats(&self) -> bool {
        false
    }
}

/// What the systems have in common.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) population: Arc<Population>,
    pub(crate) faults: Arc<FaultTable>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) flow: Arc<Flow>,
}

pub(crate) fn back_end(system: System, world: &World) -> Arc<dyn BackEnd> {
    let population = Arc::clone(&world.population);
    match system {
        System::Graph => Arc::new(graph::Graph::new(world)),
        System::SharePoint => Arc::new(sharepoint::SharePoint::new(population)),
        System::PowerApps => Arc::new(powerapps::PowerApps::new(population)),
        System::Dataverse => Arc::new(dataverse::Dataverse::new(world)),
        System::Entra => Arc::new(entra::Entra::new(world)),
        System::Azure => Arc::new(azure::Azure::new(world)),
        System::PowerAutomate => Arc::new(powerautomate::PowerAutomate::new(world)),
        System::Payroll => Arc::new(payroll::Payroll::new(world)),
        System::Directory => Arc::new(directory::Directory::new(world)),
        System::Cards => Arc::new(cards::Cards::new(world)),
        System::OnPremises => Arc::new(onpremises::OnPremises),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn world() -> World {
        World {
            population: Arc::new(Population::new(1)),
            faults: Arc::default(),
            authority: Arc::default(),
            flow: Arc::default(),
        }
    }
}
