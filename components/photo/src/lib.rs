//! GetPhoto.

use midspan::prelude::*;
use systems::{
    GRAPH,
    access::{EMPLOYEES, PROGRAMS},
    kept,
};

/// Whose picture.
#[input]
struct PhotoInput {
    /// Person
    ///
    /// User principal name, such as ada@contoso.com, or object id.
    #[path(max_length = 128)]
    id: String,
}

/// Get a photo
///
/// The picture of one colleague, for an image on a screen.
#[operation(get = "/people/{id}/photo", auth = [EMPLOYEES, PROGRAMS], sources = [GRAPH], deadline = "3s")]
async fn get_photo(ctx: Context, input: PhotoInput) -> Result<Binary> {
    ctx.source(&GRAPH)
        .get("/v1.0/users/{id}/photo/$value")
        .path("id", &input.id)
        .cached(kept::PHOTOS)
        .tag("photos")
        .binary_found()
        .await?
        .ok_or_else(|| Error::not_found(format!("There is no photo of \"{}\".", input.id)))
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;

    use super::*;

    const ROUTE: &str = "GET /v1.0/users/ada@contoso.example/photo/$value";

    #[test]
    fn a_photo_goes_out_as_graph_has_it() {
        let host = systems::testing::host();
        let photo = Reply::json(200, "not a PNG").header("content-type", "image/png");
        host.on("graph", ROUTE, photo.header("etag", "\"7\""));
        let answer = host.get::<GetPhoto>("/people/ada@contoso.example/photo");
        assert_eq!((answer.status(), answer.text().as_str()), (200, "not a PNG"));
        assert_eq!(answer.header("content-type"), Some("image/png"));
        assert_eq!(answer.header("etag"), Some("\"7\""));
    }

    #[test]
    fn somebody_without_a_photo_is_a_404_that_says_so() {
        let host = systems::testing::host();
        host.on("graph", ROUTE, Reply::json(404, "{}"));
        let answer = host.get::<GetPhoto>("/people/ada@contoso.example/photo");
        assert_eq!(answer.status(), 404);
        assert_eq!(host.get::<GetPhoto>("/people/ada@contoso.example/photo").status(), 404);
        assert_eq!(host.requests("graph").len(), 1, "that there is none is kept too");
        assert_eq!(answer.error().message, "There is no photo of \"ada@contoso.example\".");
    }
}
