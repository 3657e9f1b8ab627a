//! The back-end systems that the suite's operations call, and what more than one operation reads there.

pub mod access;
pub mod apps;
pub mod calendar;
pub mod cards;
pub mod directory;
pub mod kept;
pub mod leave;
pub mod news;
#[rustfmt::skip]
pub mod payroll;
pub mod profile;
pub mod push;
pub mod tasks;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

use std::time::Duration;

use midspan::{
    Source,
    source::{Auth, HmacSignature, OAuth, Retry, soap::UsernameToken},
};

/// The connector's own registration in Entra ID.
const APP: OAuth = OAuth::at("entra_token_url").client_secret("entra_client_id", "entra_client_secret");

/// Microsoft Graph: who people are.
pub static GRAPH: Source = Source::rest("graph")
    .titled("Microsoft Graph")
    .timeout(Duration::from_millis(1500))
    .bearer("graph_token");

/// The same as whoever calls sees it: their calendar, their mail.
pub static GRAPH_AS_CALLER: Source = Source::rest("graph")
    .titled("Microsoft Graph")
    .timeout(Duration::from_millis(2500))
    .auth(Auth::on_behalf_of(APP.scope("https://graph.microsoft.com/.default")));

/// The intranet's SharePoint site: news.
pub static SHAREPOINT: Source = Source::rest("sharepoint")
    .titled("SharePoint")
    .timeout(Duration::from_millis(1500))
    .bearer("sharepoint_token");

/// The Power Apps resource provider: which apps somebody can open. It answers for whoever the token is for.
pub static POWERAPPS: Source = Source::rest("powerapps")
    .titled("Power Apps")
    .timeout(Duration::from_millis(1500))
    .forward_authorization_or_bearer("powerapps_token");

/// Dataverse: tasks.
pub static DATAVERSE: Source = Source::odata("dataverse")
    .titled("Dataverse")
    .timeout(Duration::from_millis(1500))
    .bearer("dataverse_token");

/// Azure Resource Manager, as the connector itself.
pub static AZURE: Source = Source::rest("azure")
    .titled("Azure")
    .timeout(Duration::from_secs(4))
    .auth(Auth::client_credentials(
        APP.scope("https://management.azure.com/.default"),
    ));

/// A cloud flow of Power Automate; the signature of its URL is what lets in.
pub static POWERAUTOMATE: Source = Source::rest("powerautomate")
    .titled("Power Automate")
    .timeout(Duration::from_secs(8))
    .retry(Retry::times(2))
    .auth(Auth::api_key_query("sig", "powerautomate_signature"));

/// Payroll, on premises: leave and payslips. [`payroll`] is generated from its WSDL.
pub static PAYROLL: Source = Source::soap("payroll")
    .titled("Payroll")
    .timeout(Duration::from_secs(3))
    .username_token(UsernameToken::digest("payroll_user", "payroll_password"));

/// The people directory.
pub static DIRECTORY: Source = Source::graphql("directory")
    .titled("People directory")
    .timeout(Duration::from_millis(2500))
    .bearer("directory_token");

/// The card system. Each request is signed.
pub static CARDS: Source = Source::rest("cards")
    .titled("Cards")
    .timeout(Duration::from_secs(2))
    .auth(Auth::hmac(
        HmacSignature::with_key("cards_key")
            .over("{method}\n{path_and_query}\n{date}\n{body}")
            .headers(&[
                ("date", "{date}"),
                ("x-client-id", "{{ cards_client_id }}"),
                ("x-signature", "sha256={signature_hex}"),
            ]),
    ));

/// The order system, on premises. What is put there twice is there once.
pub static ONPREMISES: Source = Source::rest("onpremises")
    .titled("Order system")
    .timeout(Duration::from_secs(4))
    .retry(Retry::times(2).idempotent_writes())
    .auth(Auth::basic("onpremises_user", "onpremises_password"));
