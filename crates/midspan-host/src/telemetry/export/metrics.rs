//! Metrics, with the names of OpenTelemetry's semantic conventions where they have one.

use std::sync::Arc;

use midspan_definition::telemetry::{CallSpan, RequestSpan};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider, UpDownCounter};
use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_semantic_conventions::{attribute as of, metric};

use super::names::{BREAKER, CACHE, COMPONENT, OPERATION, SOURCE, known_method};
use super::spans::Served;
use crate::telemetry::instances::Instances;

/// The bounds that the HTTP semantic conventions advise, in seconds.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// All that is counted.
pub(super) struct Metrics {
    pub(super) provider: SdkMeterProvider,
    served: Histogram<f64>,
    active: UpDownCounter<i64>,
    sent: Histogram<f64>,
    calls: Histogram<f64>,
    retries: Counter<u64>,
    cache: Counter<u64>,
    cold_starts: Counter<u64>,
    starts: Histogram<f64>,
}

impl Metrics {
    pub(super) fn new(exporter: MetricExporter, resource: Resource, instances: &Arc<Instances>) -> Self {
        let provider = SdkMeterProvider::builder()
            .with_periodic_exporter(exporter)
            .with_resource(resource)
            .build();
        let meter = provider.meter("midspan");
        let histogram = |name: &'static str, what: &'static str| {
            let builder = meter.f64_histogram(name).with_unit("s").with_description(what);
            builder.with_boundaries(SECONDS.to_vec()).build()
        };
        let counter = |name: &'static str, unit: &'static str, what: &'static str| {
            meter.u64_counter(name).with_unit(unit).with_description(what).build()
        };
        observe(&meter, instances);
        Self {
            served: histogram(metric::HTTP_SERVER_REQUEST_DURATION, "Requests to the application"),
            active: meter
                .i64_up_down_counter(metric::HTTP_SERVER_ACTIVE_REQUESTS)
                .with_unit("{request}")
                .with_description("Requests in work")
                .build(),
            sent: histogram(metric::HTTP_CLIENT_REQUEST_DURATION, "HTTP requests to sources"),
            calls: histogram(
                "midspan.source.call.duration",
                "Calls to sources, from the cache or not",
            ),
            retries: counter(
                "midspan.source.retries",
                "{request}",
                "Requests to sources beyond the first of a call",
            ),
            cache: counter(
                "midspan.cache.calls",
                "{call}",
                "Calls that may be answered from the cache",
            ),
            cold_starts: counter(metric::FAAS_COLDSTARTS, "{coldstart}", "Instances that were made"),
            starts: histogram(metric::FAAS_INIT_DURATION, "How long it took to make an instance"),
            provider,
        }
    }

    pub(super) fn began(&self, method: &http::Method) {
        self.active.add(1, &[method_of(method)]);
    }

    pub(super) fn gave_up(&self, method: &http::Method) {
        self.active.add(-1, &[method_of(method)]);
    }

    pub(super) fn served(&self, served: &Served<'_>) {
        let record = served.record;
        let status = record.status.as_u16();
        let mut labels = vec![
            method_of(&record.method),
            KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(status)),
            KeyValue::new(of::URL_SCHEME, "http"),
        ];
        labels.extend(record.route.clone().map(|route| KeyValue::new(of::HTTP_ROUTE, route)));
        labels.extend(record.component.clone().map(|id| KeyValue::new(COMPONENT, id)));
        if let Some(operation) = served.operation {
            labels.push(KeyValue::new(OPERATION, operation.operation.to_string()));
        }
        if status >= 500 {
            labels.push(KeyValue::new(of::ERROR_TYPE, status.to_string()));
        }
        self.served.record(record.duration.as_secs_f64(), &labels);
        self.gave_up(&record.method);
    }

    pub(super) fn operation(&self, span: &RequestSpan<'static>) {
        for call in &span.sources {
            self.call(&span.operation, call);
        }
    }

    /// A call to a source, whether or not the operation waited for it.
    pub(super) fn call(&self, operation: &str, call: &CallSpan<'static>) {
        let source = [
            KeyValue::new(OPERATION, operation.to_owned()),
            KeyValue::new(SOURCE, call.source.to_string()),
        ];
        let mut labels = source.to_vec();
        labels.extend(
            call.status
                .map(|status| KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(status))),
        );
        labels.extend(
            call.error
                .as_deref()
                .map(|error| KeyValue::new(of::ERROR_TYPE, error.to_owned())),
        );
        labels.extend(
            call.cache
                .as_deref()
                .map(|outcome| KeyValue::new(CACHE, outcome.to_owned())),
        );
        labels.extend(
            call.breaker
                .as_deref()
                .map(|state| KeyValue::new(BREAKER, state.to_owned())),
        );
        self.calls.record(call.duration_ms / 1000.0, &labels);
        if call.attempts > 1 {
            self.retries.add(u64::from(call.attempts) - 1, &source);
        }
        if let Some(outcome) = call.cache.as_deref() {
            let [operation, source] = &source;
            let outcome = KeyValue::new(CACHE, outcome.to_owned());
            self.cache.add(1, &[operation.clone(), source.clone(), outcome]);
        }
        for sent in &call.requests {
            let mut labels = vec![
                KeyValue::new(of::HTTP_REQUEST_METHOD, known_method(&sent.method)),
                KeyValue::new(SOURCE, call.source.to_string()),
            ];
            labels.extend(
                sent.status
                    .map(|status| KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(status))),
            );
            labels.extend(
                sent.error
                    .as_deref()
                    .map(|error| KeyValue::new(of::ERROR_TYPE, error.to_owned())),
            );
            self.sent.record(sent.duration_ms / 1000.0, &labels);
        }
    }

    pub(super) fn started(&self, component: &str, took: std::time::Duration) {
        let labels = [KeyValue::new(COMPONENT, component.to_owned())];
        self.cold_starts.add(1, &labels);
        self.starts.record(took.as_secs_f64(), &labels);
    }
}

/// What is looked at when it is sent.
fn observe(meter: &Meter, instances: &Arc<Instances>) {
    let observed = Arc::clone(instances);
    meter
        .i64_observable_up_down_counter("midspan.instances")
        .with_unit("{instance}")
        .with_description("Instances that live")
        .with_callback(move |observer| {
            observed.each(|component, in_use| {
                observer.observe(in_use.instances, &[KeyValue::new(COMPONENT, component.to_owned())]);
            });
        })
        .build();
    let observed = Arc::clone(instances);
    meter
        .i64_observable_up_down_counter("midspan.instances.memory")
        .with_unit("By")
        .with_description("Linear memory of the instances that live")
        .with_callback(move |observer| {
            observed.each(|component, in_use| {
                observer.observe(in_use.memory, &[KeyValue::new(COMPONENT, component.to_owned())]);
            });
        })
        .build();
}

fn method_of(method: &http::Method) -> KeyValue {
    KeyValue::new(of::HTTP_REQUEST_METHOD, known_method(method.as_str()))
}
