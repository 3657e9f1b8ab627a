//! Logs: what components print, and what the host has to say.

use std::time::SystemTime;

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_otlp::LogExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};
use opentelemetry_semantic_conventions::attribute as of;
use serde_json::Value;

use super::names::COMPONENT;
use crate::options::{LogLevel, LogLine, OutputLine, OutputStream};

pub(super) struct Logs {
    pub(super) provider: SdkLoggerProvider,
    logger: SdkLogger,
}

impl Logs {
    pub(super) fn new(exporter: LogExporter, resource: Resource) -> Self {
        let provider = SdkLoggerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let logger = provider.logger("midspan");
        Self { provider, logger }
    }

    /// A line of an operation's log is an object with a message; its trace is the record's, and the rest its attributes.
    pub(super) fn printed(&self, line: &OutputLine<'_>) {
        let mut record = self.logger.create_log_record();
        let now = SystemTime::now();
        record.set_timestamp(now);
        record.set_observed_timestamp(now);
        record.add_attribute(COMPONENT, line.component.to_owned());
        let stream = match line.stream {
            OutputStream::Stdout => "stdout",
            OutputStream::Stderr => "stderr",
        };
        record.add_attribute(of::LOG_IOSTREAM, stream);
        match serde_json::from_str(line.line) {
            Ok(Value::Object(mut entry)) if entry.contains_key("message") => {
                let mut taken = |name: &str| match entry.remove(name) {
                    Some(Value::String(text)) => text,
                    _ => String::new(),
                };
                let (severity, text) = severity(&taken("level"));
                record.set_severity_number(severity);
                record.set_severity_text(text);
                record.set_body(taken("message").into());
                let ids = (TraceId::from_hex(&taken("traceId")), SpanId::from_hex(&taken("spanId")));
                if let (Ok(trace_id), Ok(span_id)) = ids {
                    record.set_trace_context(trace_id, span_id, None);
                }
                let attributes = entry.into_iter().filter(|(_, value)| !value.is_null());
                record.add_attributes(attributes.map(|(name, value)| (name, any(value))));
            }
            _ => record.set_body(line.line.to_owned().into()),
        }
        self.logger.emit(record);
    }

    /// What the operator of the host should know.
    pub(super) fn host(&self, line: &LogLine) {
        let mut record = self.logger.create_log_record();
        record.set_observed_timestamp(SystemTime::now());
        let (severity, text) = severity(match line.level {
            LogLevel::Error => "error",
            LogLevel::Warning => "warn",
        });
        record.set_severity_number(severity);
        record.set_severity_text(text);
        record.set_body(line.message.clone().into());
        if let Some(component) = &line.component {
            record.add_attribute(COMPONENT, component.clone());
        }
        self.logger.emit(record);
    }
}

fn severity(level: &str) -> (Severity, &'static str) {
    match level {
        "error" => (Severity::Error, "ERROR"),
        "warn" | "warning" => (Severity::Warn, "WARN"),
        "debug" => (Severity::Debug, "DEBUG"),
        _ => (Severity::Info, "INFO"),
    }
}

fn any(value: Value) -> AnyValue {
    match value {
        Value::Null => AnyValue::String("".into()),
        Value::Bool(value) => value.into(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64().unwrap_or_default().into(),
        },
        Value::String(text) => text.into(),
        Value::Array(values) => AnyValue::ListAny(Box::new(values.into_iter().map(any).collect())),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name.into(), any(value)));
            AnyValue::Map(Box::new(fields.collect()))
        }
    }
}
