//! What the generator writes; `MIDSPAN_UPDATE=1 cargo test -p midspan-generate` writes it anew.

pub(crate) mod clock;
pub(crate) mod directory;
pub(crate) mod hr;
pub(crate) mod leave;
pub(crate) mod shapes;
