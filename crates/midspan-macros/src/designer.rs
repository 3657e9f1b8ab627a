//! The arguments of `#[operation(...)]` that tell designers more than how it is called.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Expr, Ident, LitInt, LitStr, Token,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{
    attributes::{Argument, Arguments},
    dynamic::{Call, Dynamic, Names},
    problems::Problems,
};

/// The arguments.
pub(crate) const KEYS: [&str; 12] = [
    "hint",
    "webhook",
    "schema",
    "responses",
    "deprecated",
    "family",
    "revision",
    "status",
    "replacement",
    "no_generic_test",
    "openai",
    "agentic_protocol",
];

/// All that they say.
pub(crate) struct Designer {
    hint: Option<LitStr>,
    webhook: Option<Webhook>,
    output: Option<Dynamic>,
    responses: Vec<Response>,
    deprecated: bool,
    family: Option<LitStr>,
    revision: Option<u32>,
    status: Option<&'static str>,
    replacement: Option<Call>,
    no_generic_test: bool,
    openai: bool,
    agentic_protocol: Option<LitStr>,
}

/// What is sent to the address that a subscription has, and how it ends.
struct Webhook {
    key: Ident,
    /// A schema.
    content: TokenStream,
    unsubscribe: Call,
}

struct Response {
    status: u16,
    description: LitStr,
}

impl Designer {
    pub(crate) fn take(arguments: &mut Arguments, method: &Ident, problems: &mut Problems) -> Self {
        let designer = Self {
            hint: arguments.text("hint", problems),
            webhook: arguments
                .take("webhook")
                .and_then(|given| Webhook::read(given, method, problems)),
            output: Dynamic::take(arguments, problems),
            responses: arguments
                .take("responses")
                .and_then(|given| problems.keep(responses(given)))
                .unwrap_or_default(),
            deprecated: arguments.flag("deprecated", problems).unwrap_or(false),
            revision: revision(arguments, problems),
            family: arguments.text("family", problems),
            status: status(arguments, problems),
            replacement: arguments
                .take("replacement")
                .and_then(|given| problems.keep(Call::of(given))),
            no_generic_test: arguments.flag("no_generic_test", problems).unwrap_or(false),
            openai: arguments.flag("openai", problems).unwrap_or(false),
            agentic_protocol: agentic_protocol(arguments, method, problems),
        };
        if let Some(output) = &designer.output {
            output.check_names(&Names::NONE, problems);
        }
        designer
    }

    /// The constant `Designer`.
    pub(crate) fn tokens(&self, input: &TokenStream, output: &TokenStream) -> TokenStream {
        let definition = quote!(::midspan::macro_support::definition);
        let some = quote!(::core::option::Option::Some);
        let trigger = match &self.webhook {
            Some(Webhook {
                content, unsubscribe, ..
            }) => {
                let unsubscribe = unsubscribe.tokens(&Names::NONE);
                quote!(#some(#definition::Trigger::Webhook { content: #content, unsubscribe: #unsubscribe }))
            }
            None => quote! {
                if <#output as ::midspan::Output>::POLLED { #some(#definition::Trigger::Polling) } else { ::core::option::Option::None }
            },
        };
        let mut members = quote! {
            trigger: #trigger,
            body: <#input as ::midspan::Input>::BODY_SCHEMA,
        };
        let mut add = |tokens: TokenStream| members.extend(tokens);
        if let Some(hint) = &self.hint {
            add(quote!(hint: #hint,));
        }
        if self.output.is_some() {
            let schema = Dynamic::option(self.output.as_ref(), &Names::NONE);
            add(quote!(output: #schema,));
        }
        let responses = self.responses.iter().map(|Response { status, description }| {
            quote!(#definition::Response { status: #status, description: #description })
        });
        add(quote!(responses: &[#(#responses),*],));
        if let Some(family) = &self.family {
            let revision = self.revision.unwrap_or(1);
            add(quote!(family: #family, revision: #revision,));
        }
        if let Some(status) = self.status {
            add(quote!(status: #status,));
        }
        if let Some(replacement) = &self.replacement {
            let call = replacement.tokens(&Names::NONE);
            add(quote!(replacement: #some(#call),));
        }
        if let Some(protocol) = &self.agentic_protocol {
            add(quote!(agentic_protocol: #protocol,));
        }
        let (deprecated, no_generic_test, openai) = (
            self.deprecated || self.replacement.is_some(),
            self.no_generic_test,
            self.openai,
        );
        quote! {
            #definition::Designer {
                #members
                deprecated: #deprecated,
                no_generic_test: #no_generic_test,
                openai: #openai,
                ..#definition::Designer::NONE
            }
        }
    }

    /// What only the compiler can compare.
    pub(crate) fn checks(&self, method: &Ident, input: &TokenStream, output: &TokenStream) -> TokenStream {
        let addresses = quote! {
            match <#input as ::midspan::Input>::BODY {
                ::core::option::Option::Some(body) => body.notification_urls(),
                ::core::option::Option::None => 0,
            }
        };
        let mut checks = match &self.webhook {
            Some(webhook) => webhook.checks(&addresses),
            None => quote_spanned! {method.span()=>
                const _: () = ::core::assert!(
                    #addresses == 0,
                    "the body has a `NotificationUrl`; say what is sent there and how it ends: `webhook(content = ..., unsubscribe = ...)`",
                );
            },
        };
        if let Some(hint) = self.hint.as_ref().filter(|_| self.webhook.is_none()) {
            checks.extend(quote_spanned! {hint.span()=>
                const _: () = ::core::assert!(
                    <#output as ::midspan::Output>::POLLED,
                    "`hint` is for a trigger: an operation with `webhook(...)`, or one that answers `Polled`",
                );
            });
        }
        checks
    }
}

impl Webhook {
    fn read(given: Argument, method: &Ident, problems: &mut Problems) -> Option<Self> {
        let key = given.key.clone();
        if method != "Post" && method != "Put" {
            problems.add(&key, "a webhook is subscribed to with `post` or `put`");
        }
        let tokens = problems.keep(given.list())?;
        let mut arguments = Arguments::parse(tokens, &["content", "unsubscribe"], problems);
        let content = arguments.take("content");
        let unsubscribe = arguments.take("unsubscribe");
        if content.is_none() {
            problems.add(
                &key,
                "say what is sent: `content = Card`, or `content = [Card]` for many at once",
            );
        }
        if unsubscribe.is_none() {
            problems.add(
                &key,
                "say which operation ends it, a `delete`: `unsubscribe = StopCards`",
            );
        }
        let content = content.and_then(|given| problems.keep(content_schema(given.value)));
        let unsubscribe = unsubscribe.and_then(|given| problems.keep(Call::of(given)));
        Some(Self {
            key,
            content: content?,
            unsubscribe: unsubscribe?,
        })
    }

    fn checks(&self, addresses: &TokenStream) -> TokenStream {
        let mut checks = quote_spanned! {self.key.span()=>
            const _: () = ::core::assert!(
                #addresses == 1,
                "the body of a webhook's subscription has one field of type `NotificationUrl`, and no `Option` around it",
            );
        };
        if let Some(operation) = self.unsubscribe.operation() {
            checks.extend(quote_spanned! {operation.span()=>
                const _: () = ::core::assert!(
                    ::core::matches!(
                        <#operation as ::midspan::Operation>::DESCRIPTION.method,
                        ::midspan::macro_support::definition::Method::Delete
                    ),
                    "the platform unsubscribes with DELETE; this operation has another method",
                );
            });
        }
        checks
    }
}

fn content_schema(given: Expr) -> syn::Result<TokenStream> {
    let definition = quote!(::midspan::macro_support::definition);
    match given {
        Expr::Path(path) => Ok(quote_spanned!(path.span()=> <#path as ::midspan::Data>::SCHEMA)),
        Expr::Array(array) if array.elems.len() == 1 => {
            let item = &array.elems[0];
            Ok(quote_spanned!(item.span()=> #definition::Schema::Array(&<#item as ::midspan::Data>::SCHEMA)))
        }
        other => Err(syn::Error::new_spanned(
            other,
            "what is sent is a type with `#[derive(Data)]`: `Card`, or `[Card]` for many at once",
        )),
    }
}

fn revision(arguments: &mut Arguments, problems: &mut Problems) -> Option<u32> {
    let given = arguments.take("revision")?;
    if arguments.get("family").is_none() {
        problems.add(&given.key, "a revision is one of a family: add `family = \"ListNews\"`");
    }
    let revision = problems.keep(given.whole_number::<u32>())?;
    if revision == 0 {
        problems.add(&given.value, "revisions are counted from 1");
    }
    Some(revision)
}

fn status(arguments: &mut Arguments, problems: &mut Problems) -> Option<&'static str> {
    let text = arguments.text("status", problems)?;
    match text.value().as_str() {
        "preview" => Some("Preview"),
        "production" => Some("Production"),
        _ => {
            problems.add(text, "status is \"preview\" or \"production\"");
            None
        }
    }
}

/// Learn, "Extend your agent with Model Context Protocol".
fn agentic_protocol(arguments: &mut Arguments, method: &Ident, problems: &mut Problems) -> Option<LitStr> {
    let text = arguments.text("agentic_protocol", problems)?;
    if method != "Post" {
        problems.add(&text, "agents speak with `post`");
    } else if text.value() != "mcp-streamable-1.0" {
        problems.add(&text, "the protocol of agents is \"mcp-streamable-1.0\"");
    }
    Some(text)
}

fn responses(given: Argument) -> syn::Result<Vec<Response>> {
    let tokens = given.list()?;
    let all = Punctuated::<Response, Token![,]>::parse_terminated.parse2(tokens)?;
    Ok(all.into_iter().collect())
}

impl Parse for Response {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let digits: LitInt = input.parse()?;
        let status = digits.base10_parse().ok().filter(|status| (400..600).contains(status));
        let status = status.ok_or_else(|| {
            syn::Error::new_spanned(
                &digits,
                "a status of a failure is 400 to 599; those of success follow from the type",
            )
        })?;
        input.parse::<Token![=]>()?;
        Ok(Self {
            status,
            description: input.parse()?,
        })
    }
}
