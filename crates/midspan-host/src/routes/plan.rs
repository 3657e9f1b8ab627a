//! The routes of a manifest, before they are put into the router: which are valid, and which are ever used.

use routefinder::{RouteSpec, Segment};

use super::{Endpoint, WELL_KNOWN_PREFIX};
use crate::{
    diagnostic::Diagnostic,
    manifest::{HttpTrigger, Manifest, TriggerRoute},
};

/// The routes that will be used, and what was found about all.
#[derive(Default)]
pub(super) struct Plan<'m> {
    pub(super) routes: Vec<PlannedRoute<'m>>,
    pub(super) found: Vec<Diagnostic>,
}

pub(super) struct PlannedRoute<'m> {
    trigger: &'m HttpTrigger,
    pub(super) spec: RouteSpec,
    pub(super) endpoint: Endpoint,
}

impl<'m> Plan<'m> {
    pub(super) fn of(manifest: &'m Manifest) -> Self {
        let mut plan = Self::default();
        for trigger in &manifest.triggers {
            let TriggerRoute::Path(raw_route) = &trigger.route else {
                continue;
            };
            match plan_route(raw_route, trigger) {
                Ok(route) => plan.add(manifest, route),
                Err(reason) => {
                    let message = format!("route {raw_route:?} is not valid: {reason}");
                    plan.found
                        .push(Diagnostic::error(&manifest.path, trigger.line, message));
                }
            }
        }
        plan
    }

    /// Adds a route. Of two that are written alike Spin uses the later one, in the place of the earlier; of two that
    /// are written otherwise but match the same paths, the earlier one.
    fn add(&mut self, manifest: &Manifest, mut route: PlannedRoute<'m>) {
        if route.endpoint.based_route.starts_with(WELL_KNOWN_PREFIX) {
            let written = &route.endpoint.raw_route;
            let message = format!("route {written:?} is never used: the host answers all under {WELL_KNOWN_PREFIX}");
            self.found
                .push(Diagnostic::warning(&manifest.path, route.trigger.line, message));
        }
        let Some(other) = self
            .routes
            .iter_mut()
            .find(|other| shape(&other.spec) == shape(&route.spec))
        else {
            self.routes.push(route);
            return;
        };
        if other.endpoint.raw_route == route.endpoint.raw_route {
            std::mem::swap(other, &mut route);
        }
        self.found.push(unused(manifest, &route, other));
    }
}

fn plan_route<'m>(raw_route: &str, trigger: &'m HttpTrigger) -> Result<PlannedRoute<'m>, String> {
    if !raw_route.is_ascii() {
        return Err("it has characters outside ASCII; write them percent-encoded, as requests have them".to_owned());
    }
    let absolute = if raw_route.starts_with('/') {
        raw_route.to_owned()
    } else {
        format!("/{raw_route}")
    };
    let based_route = absolute.strip_suffix('/').unwrap_or(&absolute).to_owned();
    let spec = match based_route.strip_suffix("/...") {
        Some(prefix) => format!("{prefix}/*").parse::<RouteSpec>()?,
        None => based_route.parse::<RouteSpec>()?,
    };
    check_segments(spec.segments())?;
    let endpoint = Endpoint {
        component_id: trigger.component.clone(),
        raw_route: raw_route.to_owned(),
        based_route,
    };
    Ok(PlannedRoute {
        trigger,
        spec,
        endpoint,
    })
}

/// routefinder panics when it matches a route that breaks these rules.
fn check_segments(segments: &[Segment]) -> Result<(), String> {
    for pair in segments.windows(2) {
        match pair {
            [Segment::Wildcard, _] => return Err("a wildcard must be at its end".to_owned()),
            [
                Segment::Param(name),
                Segment::Exact(_) | Segment::Param(_) | Segment::Wildcard,
            ] => {
                return Err(format!("\":{name}\" must be a whole segment"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a route matches, written so that two routes for the same paths are the same text.
fn shape(spec: &RouteSpec) -> String {
    let segments = spec.segments().iter().map(|segment| match segment {
        Segment::Slash => "/",
        Segment::Dot => ".",
        Segment::Param(_) => ":",
        Segment::Wildcard => "*",
        Segment::Exact(text) => text,
    });
    segments.collect()
}

fn unused(manifest: &Manifest, unused: &PlannedRoute<'_>, used: &PlannedRoute<'_>) -> Diagnostic {
    let message = format!(
        "route {:?} for component {:?} is never used: {:?} for component {:?} on line {} has the same paths",
        unused.endpoint.raw_route,
        unused.endpoint.component_id,
        used.endpoint.raw_route,
        used.endpoint.component_id,
        used.trigger.line
    );
    Diagnostic::warning(&manifest.path, unused.trigger.line, message)
        .with_help("remove one of them, or change its path")
}

/// What is wrong or odd with the manifest's routes.
pub(crate) fn problems(manifest: &Manifest) -> Vec<Diagnostic> {
    Plan::of(manifest).found
}

#[cfg(test)]
pub(super) mod testing {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Diagnostics;

    /// A manifest with a component for every route, named for the route's place.
    pub(in crate::routes) fn manifest(routes: &[&str]) -> Result<Manifest, Diagnostics> {
        let trigger = |(index, route): (usize, &&str)| {
            let route = if route.starts_with('{') {
                (*route).to_owned()
            } else {
                format!("{route:?}")
            };
            format!("[[trigger.http]]\nroute = {route}\ncomponent = {{ source = \"c{index}\" }}\nid = \"t{index}\"\n")
        };
        let triggers: String = routes.iter().enumerate().map(trigger).collect();
        let head = "spin_manifest_version = 2\n[application]\nname = \"a\"\n";
        Manifest::parse(Path::new("spin.toml"), &format!("{head}{triggers}"))
    }
}

#[cfg(test)]
mod tests {
    use super::testing::manifest;
    use crate::{diagnostic::Diagnostics, routes::Router};

    #[test]
    fn of_two_routes_for_the_same_paths_both_lines_are_told() {
        let check = |routes: &[&str], path: &str, used: &str, message: &str| {
            let manifest = manifest(routes).unwrap();
            assert_eq!(
                Router::build(&manifest).unwrap().route(path).unwrap().component_id,
                used
            );
            assert_eq!(
                Diagnostics(manifest.warnings).to_string(),
                format!(
                    "warning: spin.toml:{message} has the same paths\n  help: remove one of them, or change its path"
                )
            );
        };
        check(
            &["/a", "/b", "/a"],
            "/a",
            "t2-component",
            "5: route \"/a\" for component \"t0-component\" is never used: \"/a\" for component \"t2-component\" on line 13",
        );
        check(
            &["/a/:x", "/a/:y"],
            "/a/1",
            "t0-component",
            "9: route \"/a/:y\" for component \"t1-component\" is never used: \"/a/:x\" for component \"t0-component\" on line 5",
        );
        check(
            &["/a", "/a/"],
            "/a/",
            "t0-component",
            "9: route \"/a/\" for component \"t1-component\" is never used: \"/a\" for component \"t0-component\" on line 5",
        );
    }

    #[test]
    fn of_two_spellings_routefinder_itself_takes_the_earlier() {
        let mut routes = routefinder::Router::new();
        for (index, route) in ["/a/:x", "/b", "/a/:y", "/a/*", "/a/:z"].into_iter().enumerate() {
            routes.add(route, index).unwrap();
        }
        assert_eq!(*routes.best_match("/a/1").unwrap().handler(), 0);
    }

    #[test]
    fn a_route_that_cannot_work_is_refused_and_one_that_cannot_be_reached_is_warned_of() {
        let check = |route: &str, expected: &str| {
            assert_eq!(
                manifest(&[route]).unwrap_err().to_string(),
                format!("error: spin.toml:5: {expected}"),
                "{route}"
            );
        };
        check("/:", "route \"/:\" is not valid: params must be named");
        check(
            "/*name",
            "route \"/*name\" is not valid: since there can only be one wildcard, it doesn't need a name. replace `*name` with `*`",
        );
        check("/*/a", "route \"/*/a\" is not valid: a wildcard must be at its end");
        check("/*/...", "route \"/*/...\" is not valid: a wildcard must be at its end");
        check(
            "/é/:a/b",
            "route \"/é/:a/b\" is not valid: it has characters outside ASCII; write them percent-encoded, as requests have them",
        );
        let reserved = manifest(&["/.well-known/spin/health"]).unwrap();
        assert_eq!(
            Diagnostics(reserved.warnings).to_string(),
            "warning: spin.toml:5: route \"/.well-known/spin/health\" is never used: the host answers all under /.well-known/spin/"
        );
        assert_eq!(manifest(&["/.well-known/spindle"]).unwrap().warnings, []);
    }
}
