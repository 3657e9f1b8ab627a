//! An operation that asks an API who is calling, as each kind of OAuth client.

use midspan::{
    prelude::*,
    source::{Auth, OAuth},
};

const POST: OAuth = OAuth::at("token_url")
    .client_secret("post_id", "post_secret")
    .scope("read");
const BASIC: OAuth = OAuth::at("token_url")
    .client_secret_basic("basic_id", "basic_secret")
    .scope("read");
const PS256: OAuth = OAuth::at("token_url")
    .private_key_jwt("ps256_id", "private_key")
    .scope("read");
const RS256: OAuth = OAuth::at("token_url")
    .private_key_jwt_rs256("rs256_id", "private_key")
    .scope("read");
const MIDDLE: OAuth = OAuth::at("token_url")
    .client_secret("middle_id", "middle_secret")
    .scope("read");
const STRANGER: OAuth = OAuth::at("token_url")
    .client_secret("stranger_id", "post_secret")
    .scope("read");

const PEER: Source = Source::rest("peer").titled("The peer");

static BY_POST: Source = PEER.auth(Auth::client_credentials(POST));
static BY_BASIC: Source = PEER.auth(Auth::client_credentials(BASIC));
static BY_PS256: Source = PEER.auth(Auth::client_credentials(PS256));
static BY_RS256: Source = PEER.auth(Auth::client_credentials(RS256));
static FOR_USER: Source = PEER.auth(Auth::on_behalf_of(MIDDLE));
static BY_STRANGER: Source = PEER.auth(Auth::client_credentials(STRANGER));

/// As whom to ask.
#[input]
struct WhoamiInput {
    /// Client
    #[path]
    client: Client,
}

/// A client of the authorization server.
#[derive(Debug, Clone, Copy, PartialEq, Data)]
enum Client {
    Post,
    Basic,
    Ps256,
    Rs256,
    User,
    Stranger,
}

/// Who it is.
#[derive(Debug, Data)]
struct Identity {
    client: String,
    user: Option<String>,
    scope: String,
}

/// Ask who is calling
#[operation(get = "/whoami/{client}", auth = none, sources = [PEER], deadline = "60s")]
async fn whoami(ctx: Context, input: WhoamiInput) -> Result<Identity> {
    let source = match input.client {
        Client::Post => &BY_POST,
        Client::Basic => &BY_BASIC,
        Client::Ps256 => &BY_PS256,
        Client::Rs256 => &BY_RS256,
        Client::User => &FOR_USER,
        Client::Stranger => &BY_STRANGER,
    };
    ctx.source(source).get("/whoami").json().await
}
