//! SOAP, as an operation uses it, against scripted services.

mod attachments;
mod calls;
mod documents;
mod faults;
mod hostile;
mod leave;
mod security;
mod values;
