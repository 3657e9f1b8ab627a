//! Which component answers a path, by Spin's rules, and what the component is told about that.
//!
//! A route is a path whose segments are exact or `:name`, and which may end in `/...`. When several match, the first
//! difference from the left decides: an exact segment goes before a `:name`, and that before the wildcard. A slash at
//! the end of a path does not count.

mod headers;
mod plan;

use std::collections::BTreeMap;

pub use self::headers::spin_headers;
use self::plan::Plan;
pub(crate) use self::plan::problems;
use crate::{diagnostic::Diagnostics, manifest::Manifest};

/// The paths under this prefix are the host's own.
pub const WELL_KNOWN_PREFIX: &str = "/.well-known/spin/";

/// The application's routes.
#[derive(Debug)]
pub struct Router {
    routes: routefinder::Router<Endpoint>,
}

#[derive(Clone, Debug)]
struct Endpoint {
    component_id: String,
    raw_route: String,
    based_route: String,
}

impl Router {
    /// Takes the routes of the manifest's triggers; private ones have none.
    ///
    /// # Errors
    /// Every route that is not valid, by line. A manifest that was loaded has none.
    pub fn build(manifest: &Manifest) -> Result<Self, Diagnostics> {
        let plan = Plan::of(manifest);
        let (planned, _) = Diagnostics::unless_errors(plan.routes, plan.found)?;
        let mut routes = routefinder::Router::new();
        for route in planned {
            // One by one, as Spin does: the order of route specs is not total, and a sort of all would panic.
            let Ok(()) = routes.add(route.spec, route.endpoint);
        }
        Ok(Self { routes })
    }

    /// The component for a path, as it stands in the request: without the query, not decoded.
    #[must_use]
    pub fn route(&self, path: &str) -> Option<RouteMatch<'_>> {
        let best = self.routes.best_match(path)?;
        let Endpoint {
            component_id,
            raw_route,
            based_route,
        } = best.handler();
        let captures = best.captures();
        let named_wildcards = captures
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let path_info = captures
            .wildcard()
            .map(|rest| path_info(rest, path))
            .unwrap_or_default();
        Some(RouteMatch {
            component_id,
            raw_route,
            based_route,
            path_info,
            named_wildcards,
        })
    }

    /// Every route as the manifest has it, with the id of its component, the one that is tried first in front.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.routes
            .iter()
            .map(|(_, endpoint)| (endpoint.raw_route.as_str(), endpoint.component_id.as_str()))
    }
}

/// A component that answers a path, and how the path fits its route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteMatch<'r> {
    /// The component's id.
    pub component_id: &'r str,
    /// The route as the manifest has it.
    pub raw_route: &'r str,
    /// The route with a slash in front and none at the end; empty for `/`.
    pub based_route: &'r str,
    /// What the trailing wildcard stands for: empty, or with a slash in front.
    pub path_info: String,
    /// What each `:name` stands for.
    pub named_wildcards: BTreeMap<String, String>,
}

impl<'r> RouteMatch<'r> {
    /// The match of a request that another component chains to this one: as if its route were `/...`.
    #[must_use]
    pub fn chained(component_id: &'r str, path: &str) -> Self {
        let route = "/...";
        Self {
            component_id,
            raw_route: route,
            based_route: route,
            path_info: path.to_owned(),
            named_wildcards: BTreeMap::new(),
        }
    }
}

/// Spin has always kept the slash at the end of what a wildcard stands for; routefinder drops it.
fn path_info(rest: &str, path: &str) -> String {
    match (rest.is_empty(), path.ends_with('/')) {
        (true, false) => String::new(),
        (true, true) => "/".to_owned(),
        (false, false) => format!("/{rest}"),
        (false, true) => format!("/{rest}/"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{plan::testing::manifest, *};

    fn router(routes: &[&str]) -> Router {
        Router::build(&manifest(routes).unwrap()).unwrap()
    }

    fn check(routes: &[&str], path: &str, expected: Option<(&str, &str)>) {
        let built = router(routes);
        let found = built.route(path);
        let found = found.as_ref().map(|found| (found.raw_route, found.path_info.as_str()));
        assert_eq!(found, expected, "{path} in {routes:?}");
    }

    #[test]
    fn an_exact_route_matches_its_path_with_or_without_a_slash_at_the_end() {
        check(&["/foo", "/foo/bar"], "/foo", Some(("/foo", "")));
        check(&["/foo", "/foo/bar"], "/foo/", Some(("/foo", "")));
        check(&["/foo", "/foo/bar"], "/foo/bar", Some(("/foo/bar", "")));
        check(&["/foo", "/foo/bar"], "/foo/baz", None);
        check(&["/foo/"], "/foo", Some(("/foo/", "")));
        check(&["foo"], "/foo", Some(("foo", "")));
        check(&["/"], "/", Some(("/", "")));
        check(&["/"], "/a", None);
        check(&["/a.b/c"], "/a.b/c", Some(("/a.b/c", "")));
    }

    #[test]
    fn a_wildcard_takes_the_rest_and_its_last_slash() {
        check(&["/..."], "/", Some(("/...", "/")));
        check(&["/..."], "/1/2/3", Some(("/...", "/1/2/3")));
        check(&["/test/..."], "/test", Some(("/test/...", "")));
        check(&["/test/..."], "/test/", Some(("/test/...", "/")));
        check(&["/test/..."], "/test/hello", Some(("/test/...", "/hello")));
        check(&["/test/..."], "/test/hello/", Some(("/test/...", "/hello/")));
        check(&["/test/*"], "/test/hello", Some(("/test/*", "/hello")));
    }

    #[test]
    fn segments_match_as_wholes() {
        check(&["/test/..."], "/testing", None);
        check(&["/home/:id"], "/homework", None);
        check(&["/foo/bar"], "/foobar", None);
        check(&["/foo/bar"], "/foo//bar", None);
        check(&["/foo/:x/bar"], "/foo//bar", Some(("/foo/:x/bar", "")));
    }

    #[test]
    fn the_first_difference_decides_whatever_the_order() {
        let mut routes = ["/...", "/one/...", "/one/two/...", "/one/:x", "/one/two", "/:y/two"];
        for _ in 0..2 {
            check(&routes, "/one", Some(("/one/...", "")));
            check(&routes, "/one/two", Some(("/one/two", "")));
            check(&routes, "/one/three", Some(("/one/:x", "")));
            check(&routes, "/one/two/three", Some(("/one/two/...", "/three")));
            check(&routes, "/one/three/four", Some(("/one/...", "/three/four")));
            check(&routes, "/nine/two", Some(("/:y/two", "")));
            check(&routes, "/nine", Some(("/...", "/nine")));
            routes.reverse();
        }
    }

    #[test]
    fn named_wildcards_are_captured() {
        let router = router(&["/1/:two/3", "/user/:id/..."]);
        let captured = |path: &str| {
            router
                .route(path)
                .map(|found| (found.named_wildcards.into_iter().collect::<Vec<_>>(), found.path_info))
        };
        assert_eq!(
            captured("/1/2/3"),
            Some((vec![("two".to_owned(), "2".to_owned())], String::new()))
        );
        assert_eq!(
            captured("/user/42/a%20b"),
            Some((vec![("id".to_owned(), "42".to_owned())], "/a%20b".to_owned()))
        );
        assert_eq!(captured("/1/2/4"), None);
    }

    #[test]
    fn a_chained_request_has_its_whole_path_as_its_rest() {
        let chained = RouteMatch::chained("news", "/items/1");
        assert_eq!((chained.component_id, chained.path_info.as_str()), ("news", "/items/1"));
        assert_eq!((chained.raw_route, chained.based_route), ("/...", "/..."));
    }

    #[test]
    fn a_private_trigger_has_no_route() {
        let router = router(&["/a", "{ private = true }", "/b/..."]);
        assert_eq!(
            router.routes().collect::<Vec<_>>(),
            [("/a", "t0-component"), ("/b/...", "t2-component")]
        );
    }

    proptest! {
        #[test]
        fn no_route_and_no_path_make_the_router_panic(
            routes in prop::collection::vec("([/.:*a-c]|\\.\\.\\.|é){0,8}", 1..6),
            paths in prop::collection::vec("(/?[/.:*a-cé]{0,4}){0,4}", 1..8),
        ) {
            let routes: Vec<&str> = routes.iter().map(String::as_str).collect();
            if let Ok(manifest) = manifest(&routes) {
                let router = Router::build(&manifest).unwrap();
                for path in &paths {
                    let _ = router.route(path);
                }
            }
        }

        #[test]
        fn a_path_of_a_route_finds_the_component_of_that_route(
            segments in prop::collection::vec("[a-z]{1,3}|:[a-z]{1,3}", 1..5),
            wild: bool,
        ) {
            let route = format!("/{}{}", segments.join("/"), if wild { "/..." } else { "" });
            let path = format!("/{}{}", segments.join("/").replace(':', "x"), if wild { "/rest" } else { "" });
            let router = router(&[&route]);
            let found = router.route(&path).unwrap();
            prop_assert_eq!(found.raw_route, route.as_str());
            prop_assert_eq!(found.path_info.as_str(), if wild { "/rest" } else { "" });
            for (name, value) in &found.named_wildcards {
                prop_assert_eq!(value, &format!("x{name}"));
            }
        }
    }
}
