//! OpenTelemetry: traces, metrics and logs over OTLP.
//!
//! All of it is handed to OpenTelemetry's library, whose queues are bounded and whose threads send: a collector that is
//! slow or gone never slows a request, and what does not fit is dropped.

mod client;
mod logs;
mod metrics;
mod names;
mod spans;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use midspan_definition::telemetry::{RefreshSpan, RequestSpan};
use midspan_definition::trace_context::{SAMPLED, Traceparent};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{
    ExporterBuildError, LogExporter, MetricExporter, Protocol as Otlp, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Sampler, SamplingDecision, ShouldSample, SpanProcessor};
use opentelemetry_semantic_conventions::attribute as of;

use self::client::Client;
use self::logs::Logs;
use self::metrics::Metrics;
pub(super) use self::spans::Served;
use super::instances::Instances;
use super::settings::{OtelSettings, Protocol};
use crate::options::{LogLine, OutputLine};

/// How long the end of a host waits for what is still to be sent, for each signal.
const PATIENCE_AT_END: Duration = Duration::from_secs(3);

/// The library's builders have types of their own for each signal and protocol, and no trait that they share.
macro_rules! exporter {
    ($exporter:ident, $target:expr, $client:expr) => {
        match $target.protocol {
            Protocol::Grpc => $exporter::builder()
                .with_tonic()
                .with_endpoint($target.endpoint.clone())
                .build()?,
            Protocol::Http => $exporter::builder()
                .with_http()
                .with_protocol(Otlp::HttpBinary)
                .with_http_client($client.clone())
                .with_endpoint($target.endpoint.clone())
                .build()?,
        }
    };
}
/// What is exported, and where.
pub(super) struct Export {
    sampler: Sampler,
    spans: Option<BatchSpanProcessor>,
    metrics: Option<Metrics>,
    logs: Option<Logs>,
}

impl Export {
    /// Nothing where nothing is to be exported. Must be called on the runtime that sends.
    ///
    /// # Errors
    /// What OpenTelemetry's library objects to in its variables.
    pub(super) fn start(
        settings: &OtelSettings,
        application: (&str, &str),
        instances: &Arc<Instances>,
    ) -> Result<Option<Self>, ExporterBuildError> {
        if !settings.is_on() {
            return Ok(None);
        }
        let (client, resource) = (Client::new(), resource(settings, application));
        let spans = match &settings.traces {
            None => None,
            Some(target) => {
                let exporter = exporter!(SpanExporter, target, client);
                let mut processor = BatchSpanProcessor::builder(exporter).build();
                processor.set_resource(&resource);
                Some(processor)
            }
        };
        let metrics = match &settings.metrics {
            None => None,
            Some(target) => {
                let exporter = exporter!(MetricExporter, target, client);
                Some(Metrics::new(exporter, resource.clone(), instances))
            }
        };
        let logs = match &settings.logs {
            None => None,
            Some(target) => Some(Logs::new(exporter!(LogExporter, target, client), resource)),
        };
        Ok(Some(Self {
            sampler: settings
                .sampler
                .clone()
                .unwrap_or_else(|| Sampler::ParentBased(Box::new(Sampler::AlwaysOn))),
            spans,
            metrics,
            logs,
        }))
    }

    /// Whether the spans of such a request are wanted.
    pub(super) fn samples(&self, trace_id: &str, parent: Option<Traceparent<'_>>) -> bool {
        let id = TraceId::from_hex(trace_id).unwrap_or(TraceId::INVALID);
        let parent = parent.map(|parent| {
            let span_id = SpanId::from_hex(parent.parent_id).unwrap_or(SpanId::INVALID);
            let flags = TraceFlags::new(parent.flags & SAMPLED);
            Context::new().with_remote_span_context(SpanContext::new(id, span_id, flags, true, TraceState::default()))
        });
        let sampler = &self.sampler;
        let result = sampler.should_sample(parent.as_ref(), id, "", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    /// A request has come; each is followed by [`served`](Self::served).
    pub(super) fn began(&self, method: &http::Method) {
        if let Some(metrics) = &self.metrics {
            metrics.began(method);
        }
    }

    pub(super) fn served(&self, served: &Served<'_>) {
        if let Some(metrics) = &self.metrics {
            metrics.served(served);
        }
        if let Some(processor) = self.spans.as_ref().filter(|_| served.sampled) {
            processor.on_end(spans::server(served));
        }
    }

    /// An operation has said what a request took.
    pub(super) fn operation(&self, component: &str, span: &RequestSpan<'static>, state: TraceState) {
        if let Some(metrics) = &self.metrics {
            metrics.operation(span);
        }
        if let Some(processor) = self.spans.as_ref().filter(|_| span.sampled) {
            for span in spans::operation(component, span, state, SystemTime::now()) {
                processor.on_end(span);
            }
        }
    }

    /// An operation has asked a source again after its answer.
    pub(super) fn refreshed(&self, component: &str, refresh: &RefreshSpan<'static>) {
        if let Some(metrics) = &self.metrics {
            metrics.call(&refresh.operation, &refresh.call);
        }
        if let Some(processor) = self.spans.as_ref().filter(|_| refresh.sampled) {
            for span in spans::refresh(component, refresh, SystemTime::now()) {
                processor.on_end(span);
            }
        }
    }

    pub(super) fn printed(&self, line: &OutputLine<'_>) {
        if let Some(logs) = &self.logs {
            logs.printed(line);
        }
    }

    pub(super) fn log(&self, line: &LogLine) {
        if let Some(logs) = &self.logs {
            logs.host(line);
        }
    }

    pub(super) fn instance_started(&self, component: &str, took: Duration) {
        if let Some(metrics) = &self.metrics {
            metrics.started(component, took);
        }
    }

    /// Sends what there is; blocks for so long. What can't be sent by then is lost.
    pub(super) fn shut_down(&self) {
        if let Some(processor) = &self.spans {
            let _ = processor.shutdown_with_timeout(PATIENCE_AT_END);
        }
        if let Some(metrics) = &self.metrics {
            let _ = metrics.provider.shutdown_with_timeout(PATIENCE_AT_END);
        }
        if let Some(logs) = &self.logs {
            let _ = logs.provider.shutdown_with_timeout(PATIENCE_AT_END);
        }
    }
}

/// The application, and what `OTEL_RESOURCE_ATTRIBUTES` says of it, which wins.
fn resource(settings: &OtelSettings, (name, version): (&str, &str)) -> Resource {
    let said = Resource::builder().build();
    let is_said = |name: &'static str| {
        said.get(&name.into())
            .is_some_and(|value| !value.as_str().starts_with("unknown_service"))
    };
    let mut resource = Resource::builder();
    match &settings.service_name {
        Some(name) => resource = resource.with_service_name(name.clone()),
        None if !is_said(of::SERVICE_NAME) => resource = resource.with_service_name(name.to_owned()),
        None => {}
    }
    if !is_said(of::SERVICE_VERSION) && !version.is_empty() {
        resource = resource.with_attribute(KeyValue::new(of::SERVICE_VERSION, version.to_owned()));
    }
    resource.build()
}
