//! `spin:variables/variables@3.0.0`.

use std::sync::Arc;

use wasmtime::component::{Accessor, HasData};

use super::bindings::variables::{Error, Host, HostWithStore};
use crate::variables::{ComponentVariables, VariableError};

pub(crate) struct Variables;

pub(crate) struct VariablesView(pub(super) Arc<ComponentVariables>);

impl HasData for Variables {
    type Data<'a> = VariablesView;
}

impl Host for VariablesView {}

impl<T: Send> HostWithStore<T> for Variables {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> wasmtime::Result<Result<String, Error>> {
        let variables = accessor.with(|mut access| access.get().0);
        Ok(variables.get(&name).map_err(Error::from))
    }
}

impl From<VariableError> for Error {
    fn from(error: VariableError) -> Self {
        match error {
            VariableError::InvalidName(text) => Self::InvalidName(text),
            VariableError::Undefined(text) => Self::Undefined(text),
        }
    }
}
