//! The systems there are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One emulated back-end system; each listens on its own port, as each has its own host in reality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Microsoft Graph v1.0.
    Graph,
    /// SharePoint Online's REST interface, one site: `/sites/intranet`.
    SharePoint,
    /// The Power Apps resource provider.
    PowerApps,
    /// The Dataverse Web API v9.2.
    Dataverse,
    /// Microsoft Entra ID: tokens for the others.
    Entra,
    /// Azure Resource Manager.
    Azure,
    /// A cloud flow of Power Automate that sends push notifications.
    PowerAutomate,
    /// The payroll system on premises: a SOAP service.
    Payroll,
    /// The people directory: GraphQL.
    Directory,
    /// The enterprise card system.
    Cards,
    /// A REST service on premises.
    OnPremises,
}

impl System {
    /// All of them, in the order that they start in.
    pub const ALL: [Self; 11] = [
        Self::Graph,
        Self::SharePoint,
        Self::PowerApps,
        Self::Dataverse,
        Self::Entra,
        Self::Azure,
        Self::PowerAutomate,
        Self::Payroll,
        Self::Directory,
        Self::Cards,
        Self::OnPremises,
    ];

    /// Its name on the command line, in the control API and as a source of the reference connector: `graph`, `sharepoint`, ...
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::SharePoint => "sharepoint",
            Self::PowerApps => "powerapps",
            Self::Dataverse => "dataverse",
            Self::Entra => "entra",
            Self::Azure => "azure",
            Self::PowerAutomate => "powerautomate",
            Self::Payroll => "payroll",
            Self::Directory => "directory",
            Self::Cards => "cards",
            Self::OnPremises => "onpremises",
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No system has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no system \"{0}\": expected one of {names}", names = System::ALL.map(System::name).join(", "))]
pub struct UnknownSystem(String);

impl FromStr for System {
    type Err = UnknownSystem;

    fn from_str(name: &str) -> Result<Self, UnknownSystem> {
        Self::ALL
            .into_iter()
            .find(|system| system.name() == name)
            .ok_or_else(|| UnknownSystem(name.to_owned()))
    }
}
