//! A default that its enum does not have.

use midspan::prelude::*;

/// Which news to list.
#[input]
struct NewsInput {
    /// Order
    #[query(default = "oldest")]
    sort: Sort,
    /// Second order
    #[query(default = "mostRead")]
    then: Sort,
}

#[derive(Data)]
enum Sort {
    Newest,
    MostRead,
}

#[derive(Data)]
struct News {
    title: String,
}

/// List news
#[operation(get = "/news", auth = none)]
async fn list_news(_ctx: Context, _input: NewsInput) -> Result<News> {
    todo!()
}

fn main() {}
