//! Where OpenTelemetry is told, by its standard environment variables ("Environment Variable Specification" and
//! "OpenTelemetry Protocol Exporter").

use std::fmt::Display;

use opentelemetry_sdk::trace::Sampler;

/// What the `OTEL_*` variables ask for. The default asks for nothing, and costs nothing.
///
/// As in Spin, it is an end point that turns a signal on: without `OTEL_EXPORTER_OTLP_ENDPOINT` or that of the signal,
/// nothing is exported. `OTEL_EXPORTER_OTLP_HEADERS`, `..._TIMEOUT`, `..._COMPRESSION` and `..._INSECURE`,
/// `OTEL_RESOURCE_ATTRIBUTES`, the queues (`OTEL_BSP_*`, `OTEL_BLRP_*`) and `OTEL_METRIC_EXPORT_INTERVAL` are read by
/// OpenTelemetry's own library when the host starts, from the environment of the process.
#[derive(Debug, Clone, Default)]
pub struct OtelSettings {
    pub(super) traces: Option<Target>,
    pub(super) metrics: Option<Target>,
    pub(super) logs: Option<Target>,
    pub(super) sampler: Option<Sampler>,
    pub(super) service_name: Option<String>,
    pub(super) problems: Vec<String>,
}

/// Where one signal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// Of HTTP the full URL, of gRPC that of the service.
    pub(super) endpoint: String,
    pub(super) protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    Http,
}

impl OtelSettings {
    /// Those of this process's environment.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Those that `variable` gives values to. An empty value is none.
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut settings = Self::default();
        if variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return settings;
        }
        settings.traces = settings.target("TRACES", &variable);
        settings.metrics = settings.target("METRICS", &variable);
        settings.logs = settings.target("LOGS", &variable);
        settings.sampler = settings.sampler(&variable);
        settings.service_name = variable("OTEL_SERVICE_NAME");
        settings
    }

    /// Whether any signal goes anywhere.
    pub(super) fn is_on(&self) -> bool {
        self.traces.is_some() || self.metrics.is_some() || self.logs.is_some()
    }

    fn target(&mut self, signal: &str, variable: &impl Fn(&str) -> Option<String>) -> Option<Target> {
        let name = format!("OTEL_{signal}_EXPORTER");
        match variable(&name).as_deref() {
            None | Some("otlp") => {}
            Some("none") => return None,
            Some(other) => {
                self.ignored(&name, other, "\"otlp\" or \"none\"");
                return None;
            }
        }
        let own = |what: &str| variable(&format!("OTEL_EXPORTER_OTLP_{signal}_{what}"));
        let general = |what: &str| variable(&format!("OTEL_EXPORTER_OTLP_{what}"));
        let endpoint = match own("ENDPOINT") {
            Some(endpoint) => Some((endpoint, true)),
            None => general("ENDPOINT").map(|endpoint| (endpoint, false)),
        };
        let (endpoint, is_whole) = endpoint?;
        let protocol = match own("PROTOCOL").or_else(|| general("PROTOCOL")).as_deref() {
            Some("grpc") => Protocol::Grpc,
            None | Some("http/protobuf") => Protocol::Http,
            Some(other) => {
                self.ignored("OTEL_EXPORTER_OTLP_PROTOCOL", other, "\"grpc\" or \"http/protobuf\"");
                Protocol::Http
            }
        };
        if !url::Url::parse(&endpoint).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            self.ignored(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                &endpoint,
                "a URL such as http://localhost:4318",
            );
            return None;
        }
        let endpoint = if is_whole || protocol == Protocol::Grpc {
            endpoint
        } else {
            format!("{}/v1/{}", endpoint.trim_end_matches('/'), signal.to_lowercase())
        };
        Some(Target { endpoint, protocol })
    }

    /// Nothing is OpenTelemetry's default: the caller's decision, else all.
    fn sampler(&mut self, variable: &impl Fn(&str) -> Option<String>) -> Option<Sampler> {
        let name = variable("OTEL_TRACES_SAMPLER")?;
        let ratio = |settings: &mut Self| {
            let text = variable("OTEL_TRACES_SAMPLER_ARG")?;
            let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            if ratio.is_none() {
                settings.ignored("OTEL_TRACES_SAMPLER_ARG", &text, "a number from 0 to 1");
            }
            ratio
        };
        let own = name.strip_prefix("parentbased_");
        let sampler = match own.unwrap_or(&name) {
            "always_on" => Sampler::AlwaysOn,
            "always_off" => Sampler::AlwaysOff,
            "traceidratio" => Sampler::TraceIdRatioBased(ratio(self).unwrap_or(1.0)),
            _ => {
                let known = "\"always_on\", \"always_off\", \"traceidratio\" or one of these after \"parentbased_\"";
                self.ignored("OTEL_TRACES_SAMPLER", &name, known);
                return None;
            }
        };
        Some(match own {
            Some(_) => Sampler::ParentBased(Box::new(sampler)),
            None => sampler,
        })
    }

    /// The specification has it so: what is wrong is said, and is as if it were not set.
    fn ignored(&mut self, name: &str, value: impl Display, expected: &str) {
        let problem = format!(
            "{name} is {value:?}, which is not {expected}; it is ignored",
            value = value.to_string()
        );
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> OtelSettings {
        OtelSettings::from_variables(|name| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(found.1.to_owned())
        })
    }

    fn target(endpoint: &str, protocol: Protocol) -> Target {
        let endpoint = endpoint.to_owned();
        Target { endpoint, protocol }
    }

    #[test]
    fn nothing_is_exported_without_an_end_point() {
        assert!(!of(&[]).is_on());
        assert!(
            !of(&[
                ("OTEL_TRACES_EXPORTER", "otlp"),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
            ])
            .is_on()
        );
        assert!(!of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]).is_on());
        let disabled = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"),
            ("OTEL_SDK_DISABLED", "TRUE"),
        ];
        assert!(!of(&disabled).is_on());
    }

    #[test]
    fn each_signal_has_its_own_way_where_it_is_given_one() {
        let settings = of(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318/base/"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b:4317"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_LOGS_EXPORTER", "none"),
        ]);
        assert_eq!(settings.traces, Some(target("http://b:4317", Protocol::Grpc)));
        assert_eq!(
            settings.metrics,
            Some(target("http://a:4318/base/v1/metrics", Protocol::Http))
        );
        assert_eq!(settings.logs, None);
        assert_eq!(settings.problems, [""; 0]);
    }

    #[test]
    fn samplers_have_the_names_of_the_specification() {
        let check = |name: &str, argument: &str, expected: &str| {
            let settings = of(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", argument)]);
            assert_eq!(format!("{:?}", settings.sampler), expected, "{name} {argument}");
        };
        check("", "", "None");
        check("always_on", "", "Some(AlwaysOn)");
        check("traceidratio", "0.25", "Some(TraceIdRatioBased(0.25))");
        check("parentbased_always_off", "", "Some(ParentBased(AlwaysOff))");
        check(
            "parentbased_traceidratio",
            "",
            "Some(ParentBased(TraceIdRatioBased(1.0)))",
        );
    }

    #[test]
    fn what_is_wrong_is_said_and_ignored() {
        let settings = of(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "5"),
        ]);
        assert!(!settings.is_on());
        let expected = [
            "OTEL_TRACES_EXPORTER is \"zipkin\", which is not \"otlp\" or \"none\"; it is ignored",
            "OTEL_EXPORTER_OTLP_PROTOCOL is \"http/json\", which is not \"grpc\" or \"http/protobuf\"; it is ignored",
            "OTEL_EXPORTER_OTLP_ENDPOINT is \"localhost:4318\", which is not a URL such as http://localhost:4318; it is \
             ignored",
            "OTEL_TRACES_SAMPLER_ARG is \"5\", which is not a number from 0 to 1; it is ignored",
        ];
        assert_eq!(settings.problems, expected);
    }
}
