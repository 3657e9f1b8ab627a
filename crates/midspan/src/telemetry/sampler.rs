//! Whose spans are wanted: `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` of the component's environment, with the
//! names and the default of OpenTelemetry ("Environment Variable Specification", general SDK configuration).
//!
//! A host that samples itself has decided in the `traceparent` that it sends.

use crate::port::Port;

/// How it is decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sampler {
    /// The caller's decision holds.
    parent_based: bool,
    /// The share of traces, for those that are without a decision.
    ratio: f64,
}

impl Sampler {
    pub(super) fn of(port: &dyn Port) -> Self {
        let Some(name) = port.environment("OTEL_TRACES_SAMPLER") else {
            return Self::named("", None);
        };
        Self::named(&name, port.environment("OTEL_TRACES_SAMPLER_ARG").as_deref())
    }

    /// What is unknown is as if it were not set (as the specification has it).
    fn named(name: &str, argument: Option<&str>) -> Self {
        let own = name.strip_prefix("parentbased_");
        let ratio = match own.unwrap_or(name) {
            "always_off" => 0.0,
            "traceidratio" => argument
                .and_then(|text| text.parse().ok())
                .filter(|ratio| (0.0..=1.0).contains(ratio))
                .unwrap_or(1.0),
            "always_on" => 1.0,
            _ => {
                return Self {
                    parent_based: true,
                    ratio: 1.0,
                };
            }
        };
        Self {
            parent_based: own.is_some(),
            ratio,
        }
    }

    /// Whether spans of such a trace are wanted; `decided` is what its caller decided.
    pub(super) fn samples(self, trace_id: &str, decided: Option<bool>) -> bool {
        if let Some(decided) = decided.filter(|_| self.parent_based) {
            return decided;
        }
        // All that take part in a trace come to the same: its last 56 bits are random (Trace Context, level 2, s. 3.2.2.3).
        let tail = trace_id.get(18..).unwrap_or_default();
        let random = u64::from_str_radix(tail, 16).unwrap_or_default();
        #[expect(
            clippy::cast_precision_loss,
            reason = "both are below 2^56, and a share needs no more"
        )]
        let share = random as f64 / (1_u64 << 56) as f64;
        // The largest shares round to a whole.
        share < self.ratio || self.ratio >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_specification_mean_what_it_says() {
        let check = |name: &str, argument: Option<&str>, expected: [bool; 4]| {
            let sampler = Sampler::named(name, argument);
            let (low, high) = ("4bf92f3577b34da6a300000000000001", "4bf92f3577b34da6a3ffffffffffffff");
            let decisions = [
                sampler.samples(low, None),
                sampler.samples(high, None),
                sampler.samples(high, Some(true)),
                sampler.samples(low, Some(false)),
            ];
            assert_eq!(decisions, expected, "{name} {argument:?}");
        };
        check("", None, [true, true, true, false]);
        check("nonsense", None, [true, true, true, false]);
        check("always_on", None, [true, true, true, true]);
        check("always_off", None, [false, false, false, false]);
        check("traceidratio", Some("0.5"), [true, false, false, true]);
        check("traceidratio", Some("0"), [false, false, false, false]);
        check("traceidratio", Some("2"), [true, true, true, true]);
        check("parentbased_always_on", None, [true, true, true, false]);
        check("parentbased_always_off", None, [false, false, true, false]);
        check("parentbased_traceidratio", Some("0.5"), [true, false, true, false]);
    }
}
