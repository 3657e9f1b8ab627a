//! Several operations on one path.

use midspan::prelude::*;

/// Which colour.
#[input]
struct ColourInput {
    /// Name
    #[path]
    name: String,
}

/// A colour to keep.
#[input]
struct NewColourInput {
    /// Name
    #[path]
    name: String,
    /// Colour
    #[body]
    colour: Colour,
}

/// A colour.
#[derive(Data)]
struct Colour {
    /// As in HTML
    code: String,
}

/// Get a colour
#[operation(get = "/colours/{name}", auth = none, export = false)]
async fn get_colour(_ctx: Context, input: ColourInput) -> Result<Colour> {
    if let Some(name) = input.name.strip_prefix("broken-") {
        panic!("{name} is no colour");
    }
    Ok(Colour { code: input.name })
}

/// Keep a colour
#[operation(put = "/colours/{name}", auth = none, export = false)]
async fn keep_colour(ctx: Context, input: NewColourInput) -> Result<Created<Colour>> {
    Ok(Created {
        location: ctx.link(&format!("/colours/{}", input.name), &[]),
        value: input.colour,
    })
}

/// Forget a colour
#[operation(delete = "/colours/{name}", auth = none, export = false)]
async fn forget_colour(_ctx: Context, _input: ColourInput) -> Result<NoContent> {
    Ok(NoContent)
}

midspan::operations!(GetColour, KeepColour, ForgetColour);
