//! Where an operation is found, and where its call goes on to.

/// The path of an operation in three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// As the manifest has it: `/v1/orders/:id`. Hosts take whole segments as parameters, so that
    /// `/v1/orders('{id}')` is `/v1/:p1` there; which operation is meant the component finds out itself.
    pub(super) manifest: String,
    /// The same for all paths that a host takes for one.
    pub(super) key: String,
    /// The template for the source: the whole path, what is fixed in it escaped.
    pub(super) source: String,
}

impl Route {
    pub(super) fn new(base_path: &str, path: &str) -> Self {
        let path = path.split('#').next().unwrap_or_default();
        let whole = format!("{base_path}{path}");
        let (mut manifest, mut key) = (String::new(), String::new());
        let mut taken: Vec<String> = Vec::new();
        let segments = whole.split('?').next().unwrap_or_default().split('/');
        for segment in segments.filter(|segment| !segment.is_empty()) {
            // What begins with a colon is a parameter to hosts, whatever it is here.
            if !segment.contains('{') && !segment.starts_with(':') {
                let segment = escaped(segment);
                manifest.extend(["/", &segment]);
                key.extend(["/", &segment]);
                continue;
            }
            let name = segment
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
                .unwrap_or_default();
            let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let name = match name {
                name if is_plain && !taken.iter().any(|taken| taken == name) => name.to_owned(),
                _ => format!("p{}", taken.len() + 1),
            };
            manifest.extend(["/:", &name]);
            key.push_str("/:");
            taken.push(name);
        }
        for text in [&mut manifest, &mut key] {
            if text.is_empty() {
                text.push('/');
            }
        }
        Self {
            manifest,
            key,
            source: template(&whole),
        }
    }
}

/// What is fixed, escaped; what is in braces as it is.
fn template(path: &str) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some((fixed, after)) = rest.split_once('{') {
        text.push_str(&escaped(fixed));
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.extend(["{", name, "}"]);
        rest = after;
    }
    text.push_str(&escaped(rest));
    text
}

/// What RFC 3986 lets stand in a path or a query stays, escapes among it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.extend([format!("%{byte:02X}")]);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, manifest: &str, key: &str, source: &str) {
        let route = Route::new("/v1", path);
        assert_eq!(
            (route.manifest.as_str(), route.key.as_str(), route.source.as_str()),
            (manifest, key, source),
            "{path}"
        );
    }

    #[test]
    fn a_path_is_told_to_the_host_in_whole_segments_and_to_the_source_as_it_is() {
        check("/pets/{id}", "/v1/pets/:id", "/v1/pets/:", "/v1/pets/{id}");
        check("/pets/{pet-id}/", "/v1/pets/:p1", "/v1/pets/:", "/v1/pets/{pet-id}/");
        check("/o('{Order ID}')", "/v1/:p1", "/v1/:", "/v1/o('{Order ID}')");
        check("/{a}/{a-b}/{a}", "/v1/:a/:p2/:p3", "/v1/:/:/:", "/v1/{a}/{a-b}/{a}");
        check("/:batch", "/v1/:p1", "/v1/:", "/v1/:batch");
        check("/list?kind=open#2", "/v1/list", "/v1/list", "/v1/list?kind=open");
        check("/a b/ü", "/v1/a%20b/%C3%BC", "/v1/a%20b/%C3%BC", "/v1/a%20b/%C3%BC");
        check("/", "/v1", "/v1", "/v1/");
        assert_eq!(Route::new("", "/").manifest, "/");
    }
}
