//! What the caller of the host decides: where it listens, its limits, and who is told what happens.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::telemetry::OtelSettings;

/// Called when an answer has been sent to its end, or its caller went away.
pub type OnRequest = Arc<dyn Fn(&RequestRecord) + Send + Sync>;
/// Called for each line that a component writes to its standard output or error.
pub type OnOutput = Arc<dyn Fn(&OutputLine<'_>) + Send + Sync>;
/// Called for each thing that the operator of the host should know: traps, denied outbound calls.
pub type OnLog = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// How to run an application. [`HostOptions::default`] listens where `spin up` does.
#[derive(Clone)]
pub struct HostOptions {
    /// The address to listen on; port 0 takes a free one. Default: 127.0.0.1:3000.
    pub listen: SocketAddr,
    /// Values of application variables, each as typed after `--variable`: `name=value` or `@file`.
    pub variables: Vec<String>,
    /// `runtime-config.toml`, in Spin's format.
    pub runtime_config_file: Option<PathBuf>,
    /// Where state is kept; default `.spin` beside the manifest. An empty path keeps everything in memory.
    pub state_dir: Option<PathBuf>,
    /// What one request, one instance and the whole host may use.
    pub limits: Limits,
    /// How instances are re-used.
    pub reuse: InstanceReuse,
    /// Where traces, metrics and logs are exported to; nowhere unless told. [`OtelSettings::from_env`] are those of the
    /// environment.
    pub otel: OtelSettings,
    /// Told of each request.
    pub on_request: Option<OnRequest>,
    /// Told of each line that a component prints.
    pub on_output: Option<OnOutput>,
    /// Told of traps, denials and other events for the operator.
    pub on_log: Option<OnLog>,
}

impl Default for HostOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            variables: Vec::new(),
            runtime_config_file: None,
            state_dir: None,
            limits: Limits::default(),
            reuse: InstanceReuse::default(),
            otel: OtelSettings::default(),
            on_request: None,
            on_output: None,
            on_log: None,
        }
    }
}

impl fmt::Debug for HostOptions {
    /// Leaves the values of variables out: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostOptions")
            .field("listen", &self.listen)
            .field("runtime_config_file", &self.runtime_config_file)
            .field("state_dir", &self.state_dir)
            .field("limits", &self.limits)
            .field("reuse", &self.reuse)
            .finish_non_exhaustive()
    }
}

/// What one request, one instance and the whole host may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Linear memory of one instance, in bytes. Default: 128 MiB.
    pub memory: usize,
    /// From the arrival of a request to the head of its answer, and once more for the answer's body. Default: 60 s.
    pub request_timeout: Duration,
    /// How long a component may compute without waiting for anything, as processor time. It holds up the requests that
    /// share its instance. Default: 10 s.
    pub compute_time: Duration,
    /// Requests in work at once on the host; more are answered 503. Default: 4,096.
    pub concurrent_requests: usize,
    /// Requests in work at once in one component, those that wait for one of its instances included; more are answered
    /// 503, so that a component that hangs leaves places for the others. Default: 2,048, half of the host's.
    pub requests_per_component: usize,
    /// Instances of one component at once; requests beyond what they can take wait. Default: 64.
    pub instances_per_component: usize,
    /// Instances of all components at once. Default: 1,000.
    pub instances: u32,
    /// Body of a request, in bytes. Default: 10 MiB.
    pub request_body: u64,
    /// URL of a request, in bytes. Default: 16,384, the gateway's own limit.
    pub url: usize,
    /// Number of headers of a request. Default: 100.
    pub header_count: usize,
    /// Names and values of a request's headers together, in bytes. Default: 64 KiB.
    pub header_bytes: usize,
    /// How long a client may take to send the head of a request. Default: 30 s.
    pub header_timeout: Duration,
    /// How long [`RunningHost::shutdown`](crate::RunningHost::shutdown) waits for running requests. Default: 10 s.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 128 * 1024 * 1024,
            request_timeout: Duration::from_mins(1),
            compute_time: Duration::from_secs(10),
            concurrent_requests: 4096,
            requests_per_component: 2048,
            instances_per_component: 64,
            instances: 1000,
            request_body: 10 * 1024 * 1024,
            url: 16 * 1024,
            header_count: 100,
            header_bytes: 64 * 1024,
            header_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(10),
        }
    }
}

/// How instances are re-used: Spin's settings with Spin's defaults. Of a range, each instance takes one value at random.
#[derive(Debug, Clone)]
pub struct InstanceReuse {
    /// Requests that one instance serves in its life (`--max-instance-reuse-count`). Default: 128.
    pub max_requests: RangeInclusive<usize>,
    /// Requests that one instance serves at once (`--max-instance-concurrent-reuse-count`). Default: 16.
    pub max_concurrent: RangeInclusive<usize>,
    /// How long an instance without work is kept (`--idle-instance-timeout`). Default: 1 s.
    pub idle: RangeInclusive<Duration>,
}

impl Default for InstanceReuse {
    fn default() -> Self {
        let second = Duration::from_secs(1);
        Self {
            max_requests: 128..=128,
            max_concurrent: 16..=16,
            idle: second..=second,
        }
    }
}

/// What became of one request.
#[derive(Debug, Clone)]
pub struct RequestRecord {
    /// The method.
    pub method: http::Method,
    /// The path, without the query. It may hold personal data: log the route instead.
    pub path: String,
    /// The route of the manifest that matched.
    pub route: Option<String>,
    /// The status that was answered.
    pub status: http::StatusCode,
    /// The component that served it, where a route matched.
    pub component: Option<String>,
    /// The id under which the request stands in every log, where it has one.
    pub correlation_id: Option<String>,
    /// From the head of the request to the last byte of the answer.
    pub duration: Duration,
    /// Bytes of the request's body that the component took.
    pub request_bytes: u64,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
    /// Why the host itself answered, or why the answer is incomplete.
    pub error: Option<String>,
}

/// One line that a component printed.
#[derive(Debug, Clone, Copy)]
pub struct OutputLine<'a> {
    /// The component.
    pub component: &'a str,
    /// Where it printed.
    pub stream: OutputStream,
    /// The line, without its end. Bytes that are not UTF-8 are replaced.
    pub line: &'a str,
}

/// Standard output or standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// An event for the operator of the host. It never reaches a client.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The component that it is about.
    pub component: Option<String>,
    /// What happened and what to do; may have several lines.
    pub message: String,
}

/// How much a [`LogLine`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Something failed: a component trapped.
    Error,
    /// Something was refused or left out: an outbound call that the manifest does not allow.
    Warning,
}
