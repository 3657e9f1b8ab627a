//! An operation that asks a SOAP service by others, through the module that is written from its WSDL.

#[rustfmt::skip]
mod stock;

use std::time::Duration;

use midspan::{prelude::*, source::soap::UsernameToken};

static STOCK: Source = stock::STOCK
    .timeout(Duration::from_secs(100))
    .username_token(UsernameToken::digest("stock_user", "stock_password"));
static STOCK12: Source = Source::soap("stock12")
    .titled("Stock")
    .soap12()
    .timeout(Duration::from_secs(100))
    .username_token(UsernameToken::text("stock_user", "stock_password").with_timestamp());

/// What to look for.
#[input]
struct StockInput {
    /// Item
    #[path]
    item: String,
    /// Shelves
    #[query]
    shelf: Vec<String>,
    /// SOAP 1.2
    #[query(default = false)]
    soap12: bool,
}

/// Where an item is.
#[derive(Data)]
struct Stock {
    item: String,
    price: f64,
    places: Vec<Place>,
    note: Option<String>,
    photo_bytes: Vec<u32>,
}

#[derive(Data)]
struct Place {
    shelf: String,
    count: i32,
    counted: Option<Timestamp>,
}

/// Get the stock
///
/// Where an item is, and how many of it.
#[operation(get = "/stock/{item}", auth = none, sources = [STOCK, STOCK12])]
async fn get_stock(ctx: Context, input: StockInput) -> Result<Stock> {
    let operation = stock::GET_STOCK.read_only();
    let (source, operation) = if input.soap12 {
        (&STOCK12, operation.at("/stock12"))
    } else {
        (&STOCK, operation)
    };
    let request = stock::GetStock {
        item: input.item,
        shelf: input.shelf,
    };
    let call = ctx.source(source).soap(&operation, &request);
    let answer = call.header(&stock::Tenant("Zürich".into())).answer_or_fault().await?;
    let found =
        answer.map_err(|fault| Error::not_found(format!("There is no such item; there is {}.", fault.nearest)))?;
    let places = found.place.into_iter().map(|place| Place {
        shelf: place.shelf,
        count: place.count,
        counted: place.counted.map(|counted| counted.timestamp_or_utc()),
    });
    Ok(Stock {
        item: found.item,
        price: found.price.to_f64(),
        places: places.collect(),
        note: found.note,
        photo_bytes: found.photo.0.iter().map(|byte| u32::from(*byte)).collect(),
    })
}
