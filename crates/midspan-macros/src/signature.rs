//! The function under `#[operation]`: `async fn home(ctx: Context, input: HomeInput) -> Result<HomeView>`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, GenericArgument, ItemFn, PathArguments, ReturnType, Type};

use crate::problems::Problems;

/// The function's types, as far as they are there.
pub(crate) struct Signature<'a> {
    pub(crate) function: &'a ItemFn,
    pub(crate) context: Option<&'a Type>,
    pub(crate) input: Option<&'a Type>,
    pub(crate) output: Option<&'a Type>,
    pub(crate) is_method: bool,
}

impl<'a> Signature<'a> {
    pub(crate) fn read(function: &'a ItemFn, problems: &mut Problems) -> Self {
        let signature = &function.sig;
        if signature.asyncness.is_none() {
            problems.add(signature.fn_token, "an operation is an `async fn`");
        }
        if let Some(token) = &signature.unsafety {
            problems.add(token, "an operation is a safe function");
        }
        if !signature.generics.params.is_empty() {
            problems.add(
                &signature.generics,
                "an operation is not generic: its types are the contract",
            );
        }
        let mut types = Vec::new();
        for argument in &signature.inputs {
            match argument {
                FnArg::Receiver(receiver) => problems.add(receiver, "an operation is a function, not a method"),
                FnArg::Typed(argument) => types.push(&*argument.ty),
            }
        }
        let is_method = signature.receiver().is_some();
        if !is_method {
            check_arguments(function, &types, problems);
        }
        Self {
            function,
            context: types.first().copied(),
            input: types.get(1).copied(),
            output: problems.keep(output(function)),
            is_method,
        }
    }

    pub(crate) fn input_type(&self) -> TokenStream {
        match self.input {
            Some(Type::Reference(reference)) => reference.elem.to_token_stream(),
            Some(ty) => ty.to_token_stream(),
            None => quote!(()),
        }
    }

    /// The output's type; any other where it is a mistake.
    pub(crate) fn output_type(&self) -> TokenStream {
        self.output.map_or_else(|| quote!(bool), ToTokens::to_token_stream)
    }
}

fn check_arguments(function: &ItemFn, types: &[&Type], problems: &mut Problems) {
    const EXPECTED: &str = "an operation takes a `Context` and at most one input: `(ctx: Context, input: HomeInput)`";
    if types.is_empty() {
        problems.add(&function.sig.ident, EXPECTED);
    }
    for extra in function.sig.inputs.iter().skip(2) {
        problems.add(extra, EXPECTED);
    }
    for ty in types.iter().take(2).filter(|ty| matches!(ty, Type::Reference(_))) {
        problems.add(ty, "an operation owns its arguments; take it by value");
    }
}

/// `T` of `Result<T>`.
fn output(function: &ItemFn) -> syn::Result<&Type> {
    const EXPECTED: &str = "an operation returns `midspan::Result<T>`, where `T` has `#[derive(Data)]`";
    let ty = match &function.sig.output {
        ReturnType::Default => return Err(syn::Error::new_spanned(&function.sig.ident, EXPECTED)),
        ReturnType::Type(_, ty) => &**ty,
    };
    if let Type::Path(path) = ty
        && let Some(segment) = path.path.segments.last()
        && segment.ident == "Result"
        && let PathArguments::AngleBracketed(arguments) = &segment.arguments
        && let Some(GenericArgument::Type(output)) = arguments.args.first()
    {
        return Ok(output);
    }
    Err(syn::Error::new_spanned(ty, EXPECTED))
}
