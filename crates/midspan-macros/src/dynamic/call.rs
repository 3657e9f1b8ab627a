//! The operation that is called: `from = "ListTopics"` or `from = ListTopics`, `with(site = site, top = 50)`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Expr, ExprCall, ExprLit, Ident, Lit, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::Names;
use crate::{
    attributes::{Argument, Arguments},
    default,
    problems::Problems,
};

/// What a call takes of an argument list.
pub(crate) const KEYS: [&str; 2] = ["from", "with"];

/// A call of another operation.
pub(crate) struct Call {
    target: Target,
    given: Vec<Given>,
}

/// Which operation: by its type, whose contract the compiler then knows, or by its id, which `midspan define` looks up.
pub(crate) enum Target {
    Type(Path),
    Id(LitStr),
}

struct Given {
    name: LitStr,
    value: Value,
}

enum Value {
    /// As JSON.
    Fixed(String),
    /// Another field beside this one.
    Beside(Ident),
    Parameter(LitStr),
    Opened(LitStr),
}

impl Call {
    /// Takes `from` and `with`; nothing where there is no `from`, which is then a mistake at `at`.
    pub(crate) fn take(arguments: &mut Arguments, at: &Ident, problems: &mut Problems) -> Option<Self> {
        let with = arguments.take("with");
        let Some(from) = arguments.take("from") else {
            problems.add(
                at,
                format!("say which operation knows them: `{at}(from = ListTopics, ...)`"),
            );
            return None;
        };
        let target = problems.keep(Target::read(from))?;
        let given = with.and_then(|with| problems.keep(with.list().and_then(given)));
        Some(Self {
            target,
            given: given.unwrap_or_default(),
        })
    }

    /// Reads the operation alone: `unsubscribe = StopCards`.
    pub(crate) fn of(argument: Argument) -> syn::Result<Self> {
        Ok(Self {
            target: Target::read(argument)?,
            given: Vec::new(),
        })
    }

    /// The type of the operation, where it is given by its type.
    pub(crate) fn operation(&self) -> Option<&Path> {
        match &self.target {
            Target::Type(path) => Some(path),
            Target::Id(_) => None,
        }
    }

    /// The constant `Call`; `names` are those of the fields beside this one.
    pub(crate) fn tokens(&self, names: &Names) -> TokenStream {
        let dynamic = quote!(::midspan::macro_support::definition::dynamic);
        let operation = self.target.id();
        let given = self.given.iter().map(|given| given.tokens(names));
        let at = self.target.span();
        let file = quote_spanned!(at=> ::core::file!());
        let line = quote_spanned!(at=> ::core::line!());
        quote! {
            #dynamic::Call {
                operation: #operation,
                arguments: &[#(#given),*],
                at: #dynamic::Place { file: #file, line: #line },
            }
        }
    }

    /// Fields that are passed on and are not there.
    pub(crate) fn check_names(&self, names: &Names, problems: &mut Problems) {
        for given in &self.given {
            if let Value::Beside(ident) = &given.value
                && names.get(ident).is_none()
            {
                problems.add(ident, names.missing(ident));
            }
        }
    }

    /// What only the compiler can compare: the parameters of an operation that is given by its type.
    pub(crate) fn checks(&self) -> TokenStream {
        let Some(path) = self.operation() else {
            return TokenStream::new();
        };
        let operation = quote!(<#path as ::midspan::Operation>::DESCRIPTION);
        let title = title(path);
        let known = self.given.iter().map(|Given { name, .. }| {
            let message = format!("{title} has no parameter \"{}\"", name.value());
            quote_spanned!(name.span()=> ::core::assert!(#operation.takes(#name), "{}", #message);)
        });
        let names = self.given.iter().map(|given| &given.name);
        let message = format!("{title} requires a parameter that is not given: add it to `with(...)`");
        let complete = quote_spanned! {path.span()=>
            ::core::assert!(#operation.missing(&[#(#names),*]).is_none(), "{}", #message);
        };
        quote!(#(#known)* #complete)
    }
}

impl Target {
    fn read(argument: Argument) -> syn::Result<Self> {
        match argument.value {
            Expr::Path(path) => Ok(Self::Type(path.path)),
            Expr::Lit(ExprLit { lit: Lit::Str(id), .. })
                if id.value().chars().all(|letter| letter.is_ascii_alphanumeric()) && !id.value().is_empty() =>
            {
                Ok(Self::Id(id))
            }
            other => Err(syn::Error::new_spanned(
                other,
                "an operation is given by its type or by its id in quotes: `ListTopics` or `\"ListTopics\"`",
            )),
        }
    }

    fn id(&self) -> TokenStream {
        match self {
            Self::Type(path) => quote_spanned!(path.span()=> <#path as ::midspan::Operation>::DESCRIPTION.id),
            Self::Id(id) => id.to_token_stream(),
        }
    }

    fn span(&self) -> Span {
        match self {
            Self::Type(path) => path.span(),
            Self::Id(id) => id.span(),
        }
    }
}

impl Given {
    fn tokens(&self, names: &Names) -> TokenStream {
        let dynamic = quote!(::midspan::macro_support::definition::dynamic);
        let name = &self.name;
        let value = match &self.value {
            Value::Fixed(json) => quote!(Fixed(#json)),
            Value::Parameter(name) => quote!(Parameter(#name)),
            Value::Opened(name) => quote!(Opened(#name)),
            Value::Beside(ident) => {
                let name = names.get(ident).unwrap_or_default();
                let variant = names.variant();
                quote!(#variant(#name))
            }
        };
        quote!(#dynamic::Argument { name: #name, value: #dynamic::Given::#value })
    }
}

fn given(tokens: TokenStream) -> syn::Result<Vec<Given>> {
    let all = Punctuated::<Given, Token![,]>::parse_terminated.parse2(tokens)?;
    Ok(all.into_iter().collect())
}

impl Parse for Given {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(LitStr) {
            input.parse()?
        } else {
            let ident = input.call(Ident::parse_any)?;
            LitStr::new(&ident.unraw().to_string(), ident.span())
        };
        input.parse::<Token![=]>()?;
        let value = value(&input.parse()?)?;
        Ok(Self { name, value })
    }
}

fn value(given: &Expr) -> syn::Result<Value> {
    const EXPECTED: &str =
        "what is given is a literal, another field, `parameter(\"name\")`, or in a tree `opened(\"id\")`";
    if let Some(json) = default::fixed(given) {
        return Ok(Value::Fixed(json));
    }
    let wrong = |at: &dyn ToTokens| syn::Error::new_spanned(at.to_token_stream(), EXPECTED);
    match given {
        Expr::Path(path) => match path.path.get_ident() {
            Some(ident) => Ok(Value::Beside(ident.clone())),
            None => Err(wrong(path)),
        },
        Expr::Call(ExprCall { func, args, .. }) => match (&**func, args.first()) {
            (
                Expr::Path(function),
                Some(Expr::Lit(ExprLit {
                    lit: Lit::Str(name), ..
                })),
            ) if args.len() == 1 && function.path.is_ident("parameter") => Ok(Value::Parameter(name.clone())),
            (
                Expr::Path(function),
                Some(Expr::Lit(ExprLit {
                    lit: Lit::Str(name), ..
                })),
            ) if args.len() == 1 && function.path.is_ident("opened") => Ok(Value::Opened(name.clone())),
            _ => Err(wrong(given)),
        },
        _ => Err(wrong(given)),
    }
}

/// The operation as its author wrote it.
pub(super) fn title(path: &Path) -> String {
    path.segments
        .last()
        .map_or_else(String::new, |segment| segment.ident.to_string())
}
