//! The reference connector, end to end. One module a capability; each test has sources of its own.

mod accounts;
mod apps;
mod azure;
mod cache;
mod calendar;
mod cards;
mod concurrency;
mod description;
mod directory;
mod faults;
mod gateway;
mod home;
mod input;
mod kept;
mod leave;
mod limits;
mod methods;
mod news;
mod oauth;
mod person;
mod photo;
mod push;
mod relay;
mod soap;
mod tasks;
mod telemetry;
