//! `#[operation]`: from an `async fn` to an `Operation` and its export.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Item, spanned::Spanned};

use crate::{doc::Doc, path, problems::Problems, settings::Settings, signature::Signature};

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let function = match syn::parse2(item.clone()) {
        Ok(Item::Fn(function)) => function,
        Ok(_) => {
            problems.add(item, "an operation is an `async fn`");
            let errors = problems.into_compile_errors();
            return quote!(#item #errors);
        }
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    };
    let settings = Settings::read(arguments, &mut problems);
    let signature = Signature::read(&function, &mut problems);
    let doc = Doc::read(&function.attrs, &mut problems);
    let name = &function.sig.ident;
    if doc.summary.is_empty() {
        problems.add(
            name,
            "an operation needs a doc comment: its first line is the action's name in Power Apps",
        );
    }
    let operation = Operation {
        id: settings.type_name(name),
        settings,
        signature,
        doc,
    };
    let implementation = if problems.is_empty() {
        operation.expand()
    } else {
        operation.fallback()
    };
    let errors = problems.into_compile_errors();
    quote!(#item #implementation #errors)
}

struct Operation<'a> {
    /// Its type.
    id: Ident,
    settings: Settings,
    signature: Signature<'a>,
    doc: Doc,
}

impl Operation<'_> {
    fn expand(&self) -> TokenStream {
        let id = &self.id;
        let description = self.description();
        let run = self.run();
        let implementation = self.implementation(&description, &run);
        let checks = self.checks();
        let export = self.settings.export.then(|| quote!(::midspan::operations!(#id);));
        quote! {
            #implementation
            #checks
            #export
        }
    }

    /// Stands in where the function has mistakes, so that its users don't report them once more.
    fn fallback(&self) -> TokenStream {
        if self.signature.is_method {
            return TokenStream::new();
        }
        let run = quote! {
            let _ = (ctx, input);
            async { ::core::unreachable!() }
        };
        self.implementation(&quote!(::core::unreachable!()), &run)
    }

    fn implementation(&self, description: &TokenStream, run: &TokenStream) -> TokenStream {
        let id = &self.id;
        let visibility = &self.signature.function.vis;
        let input = &self.signature.input_type();
        let output = &self.signature.output_type();
        let auth = self
            .settings
            .auth
            .iter()
            .map(|scheme| quote_spanned!(scheme.span()=> &#scheme));
        let documentation = format!("The operation `{id}`.");
        let cache = self.settings.cache.as_ref().map(|cache| {
            quote!(const CACHE: ::core::option::Option<::midspan::cache::Cache> = ::core::option::Option::Some(#cache);)
        });
        let limits = self
            .settings
            .limits
            .as_ref()
            .map(|limits| quote!(const LIMITS: ::midspan::input::Limits = #limits;));
        let idempotent = self.settings.idempotent.as_ref().map(|policy| {
            quote!(const IDEMPOTENT: ::core::option::Option<::midspan::Idempotency> = ::core::option::Option::Some(#policy);)
        });
        let listed = &self.settings.rate_limits;
        let rate_limits =
            (!listed.is_empty()).then(|| quote!(const RATE_LIMITS: &'static [::midspan::RateLimit] = &[#(#listed),*];));
        quote! {
            #[doc = #documentation]
            #[allow(non_camel_case_types)]
            #visibility struct #id;

            #[automatically_derived]
            impl ::midspan::Operation for #id {
                const DESCRIPTION: ::midspan::macro_support::definition::Operation = #description;
                const AUTH: &'static [&'static ::midspan::Scheme] = &[#(#auth),*];
                #cache
                #limits
                #idempotent
                #rate_limits
                type Input = #input;
                type Output = #output;

                fn run(
                    ctx: ::midspan::Context,
                    input: Self::Input,
                ) -> impl ::core::future::Future<Output = ::midspan::Result<Self::Output>> {
                    #run
                }
            }
        }
    }

    fn description(&self) -> TokenStream {
        let id = match &self.settings.id {
            Some(id) => id.value(),
            None => self.id.to_string(),
        };
        let definition = match &self.settings.definition {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        };
        let Settings {
            method,
            path,
            deadline_ms,
            visibility,
            auth,
            roles,
            scopes,
            sources,
            ..
        } = &self.settings;
        let scheme = 0..auth.len();
        let sources = sources
            .iter()
            .map(|source| quote_spanned!(source.span()=> ::midspan::Source::usage(&#source)));
        let idempotency = if let Some(policy) = &self.settings.idempotent {
            quote!(::core::option::Option::Some(::midspan::Idempotency::kept_ms(&#policy)))
        } else {
            quote!(::core::option::Option::None)
        };
        let texts = self.doc.texts("");
        let input = self.signature.input_type();
        let output = self.signature.output_type();
        let designer = self.settings.designer.tokens(&input, &output);
        quote! {
            ::midspan::macro_support::definition::Operation {
                id: #id,
                method: ::midspan::macro_support::definition::Method::#method,
                path: #path,
                #texts,
                #visibility,
                deadline_ms: #deadline_ms,
                idempotency_ms: #idempotency,
                parameters: <#input as ::midspan::Input>::PARAMETERS,
                body: <#input as ::midspan::Input>::BODY,
                output: <#output as ::midspan::Output>::SCHEMA,
                statuses: <#output as ::midspan::Output>::STATUSES,
                auth: &[#(<Self as ::midspan::Operation>::AUTH[#scheme].usage()),*],
                roles: &[#(#roles),*],
                scopes: &[#(#scopes),*],
                sources: &[#(#sources),*],
                designer: #designer,
                definition: #definition,
            }
        }
    }

    fn run(&self) -> TokenStream {
        let function = &self.signature.function.sig.ident;
        // A mismatch is then reported at the argument's own type.
        let ctx = Ident::new(
            "ctx",
            self.signature.context.map_or_else(Span::call_site, Spanned::span),
        );
        match self.signature.input {
            Some(_) => quote!(#function(#ctx, input)),
            None => quote!(let () = input; #function(#ctx)),
        }
    }

    /// What only the compiler can compare, because it is in the input's type.
    fn checks(&self) -> TokenStream {
        let id = &self.id;
        let input = self.signature.input_type();
        let mut checks = self.path_checks(id, &input);
        let output = self.signature.output_type();
        checks.extend(self.settings.designer.checks(&self.settings.method, &input, &output));
        if let Some(verb) = self.settings.bodiless() {
            let message =
                format!("a request with `{verb}` has no body, but the input has a `#[body]` or a `#[form]` field");
            checks.extend(quote_spanned! {self.settings.method.span()=>
                const _: () = ::core::assert!(!<#id as ::midspan::Operation>::DESCRIPTION.takes_body(), #message);
            });
        }
        checks
    }

    fn path_checks(&self, id: &Ident, input: &TokenStream) -> TokenStream {
        let Some(path) = &self.settings.path else {
            return TokenStream::new();
        };
        let text = path.value();
        let names = path::parameters(&text);
        let count = names.len();
        let unknown = names
            .iter()
            .map(|name| format!("path \"{text}\" has no field \"{name}\" in {input}: add one with `#[path]`"));
        let unnamed = format!("{input} has a `#[path]` field that path \"{text}\" does not name");
        quote_spanned! {path.span()=>
            const _: () = {
                const DESCRIPTION: ::midspan::macro_support::definition::Operation =
                    <#id as ::midspan::Operation>::DESCRIPTION;
                #(::core::assert!(DESCRIPTION.has_path_parameter(#names), "{}", #unknown);)*
                ::core::assert!(DESCRIPTION.path_parameter_count() <= #count, "{}", #unnamed);
            };
        }
    }
}
