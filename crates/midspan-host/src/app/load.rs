//! From a manifest on disk to an application that can serve.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::uri::Authority;
use wasmtime::Engine;
use wasmtime::component::Linker;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::{App, Served};
use crate::allowed_hosts::AllowedHosts;
use crate::code_cache::CodeCache;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::HostError;
use crate::guest::{GrantedStores, Grants, GuestState, Program};
use crate::instance::Pool;
use crate::key_value::{OpenStores, Store};
use crate::manifest::{Component, Manifest};
use crate::options::{HostOptions, OutputStream};
use crate::outbound::{Chain, ChainLink, Clients, Egress};
use crate::output::Output;
use crate::routes::Router;
use crate::runtime_config::RuntimeConfig;
use crate::server::Places;
use crate::telemetry::Telemetry;
use crate::variables::{VariableInputs, Variables};

/// What outlives a version of the application.
pub(crate) struct Ground {
    pub(crate) manifest: PathBuf,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) options: HostOptions,
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<GuestState>,
    pub(crate) stores: OpenStores,
    pub(crate) cache: CodeCache,
}

impl Ground {
    /// Reads, checks, compiles and links everything; nothing runs yet. Must be called on a tokio runtime.
    pub(crate) async fn load(self: &Arc<Self>, origin: Authority) -> Result<Arc<App>, HostError> {
        let mut plan = Plan::read(self)?;
        let stores = plan.open_stores(self)?;
        let clients = Arc::new(Clients::build(&plan.runtime)?);
        let services = self.compile(&plan).await?;
        let chain = ChainLink::default();
        let mut components = BTreeMap::new();
        for (component, service) in plan.manifest.components.iter().zip(services) {
            let egress = Arc::new(Egress {
                component: component.id.clone(),
                allowed: AllowedHosts::parse(&plan.manifest, component, &plan.variables)?,
                clients: Arc::clone(&clients),
                chain: chain.clone(),
                on_log: self.options.on_log.clone(),
            });
            let grants = plan.grants(component, egress, &stores, self)?;
            let program = Program {
                id: component.id.as_str().into(),
                service,
                grants,
            };
            let options = &self.options;
            let pool = Pool::new(
                program,
                options.limits.clone(),
                options.reuse.clone(),
                options.on_log.clone(),
                Arc::clone(&self.telemetry),
            );
            let share = Places::default();
            components.insert(component.id.clone(), Served { pool, share });
        }
        let app = Arc::new(App {
            name: std::mem::take(&mut plan.manifest.name),
            version: std::mem::take(&mut plan.manifest.version),
            router: plan.router,
            components,
            origin,
            request_timeout: self.options.limits.request_timeout,
            warnings: plan.warnings,
        });
        chain.set(&(Arc::clone(&app) as Arc<dyn Chain>));
        Ok(app)
    }

    /// All components at once; each is a blocking task, since compiling one takes a second.
    async fn compile(self: &Arc<Self>, plan: &Plan) -> Result<Vec<ServicePre<GuestState>>, HostError> {
        let directory = plan.state_dir.as_ref().map(|state| state.join("cache"));
        let compiling: Vec<_> = plan
            .manifest
            .components
            .iter()
            .map(|component| {
                let ground = Arc::clone(self);
                let unit = Unit {
                    manifest: plan.manifest.path.clone(),
                    id: component.id.clone(),
                    source: component.source.clone(),
                    line: component.source_line,
                    builds: component.build.is_some(),
                };
                let directory = directory.clone();
                tokio::task::spawn_blocking(move || unit.compile(&ground, directory.as_deref()))
            })
            .collect();
        let (mut services, mut problems) = (Vec::new(), Vec::new());
        for compiled in compiling {
            match compiled.await.map_err(|error| HostError::Engine(error.to_string()))? {
                Ok(service) => services.push(service),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(services)
        } else {
            Err(Diagnostics(problems).into())
        }
    }
}

/// The configuration, read and checked.
struct Plan {
    manifest: Manifest,
    runtime: Arc<RuntimeConfig>,
    variables: Variables,
    router: Router,
    state_dir: Option<PathBuf>,
    warnings: Vec<Diagnostic>,
}

impl Plan {
    fn read(ground: &Ground) -> Result<Self, HostError> {
        let options = &ground.options;
        let manifest = Manifest::load(&ground.manifest)?;
        let runtime = options
            .runtime_config_file
            .as_deref()
            .map(RuntimeConfig::load)
            .transpose()?
            .unwrap_or_default();
        let variables = Variables::resolve(
            &manifest,
            &VariableInputs {
                arguments: &options.variables,
                providers: &runtime.variables_providers,
                environment: &|name| std::env::var(name).ok(),
                directory: &std::env::current_dir().unwrap_or_else(|_| manifest.directory.clone()),
            },
        )?;
        let router = Router::build(&manifest)?;
        let warnings = [&manifest.warnings, &runtime.warnings, variables.warnings()]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let state_dir = runtime.state_dir(options.state_dir.as_deref(), &manifest.directory);
        Ok(Self {
            manifest,
            runtime: Arc::new(runtime),
            variables,
            router,
            state_dir,
            warnings,
        })
    }

    fn open_stores(&self, ground: &Ground) -> Result<BTreeMap<String, Arc<dyn Store>>, HostError> {
        self.runtime
            .stores_for(&self.manifest, self.state_dir.as_deref())?
            .into_iter()
            .map(|(label, backend)| Ok((label.clone(), ground.stores.open(&label, &backend)?)))
            .collect()
    }

    fn grants(
        &self,
        component: &Component,
        egress: Arc<Egress>,
        stores: &BTreeMap<String, Arc<dyn Store>>,
        ground: &Ground,
    ) -> Result<Grants, HostError> {
        let log_dir = self.runtime.log_dir(None, self.state_dir.as_deref());
        let output = |stream| {
            Output::open(
                &component.id,
                stream,
                log_dir.as_deref(),
                ground.options.on_output.clone(),
                &ground.telemetry,
            )
            .map_err(|(path, source)| HostError::State { path, source })
        };
        let granted: GrantedStores = Arc::new(
            component
                .key_value_stores
                .iter()
                .filter_map(|label| {
                    stores
                        .get(&label.value)
                        .map(|store| (label.value.clone(), Arc::clone(store)))
                })
                .collect(),
        );
        let variables = self.variables.for_component(component).map_err(|error| {
            Diagnostics(vec![Diagnostic::error(
                self.manifest.path.clone(),
                component.line,
                format!("component \"{}\": {error}", component.id),
            )])
        })?;
        Ok(Grants {
            environment: component.environment.clone().into_iter().collect(),
            stdout: output(OutputStream::Stdout)?,
            stderr: output(OutputStream::Stderr)?,
            stores: granted,
            variables: Arc::new(variables),
            egress,
            memory: ground.options.limits.memory,
            gauge: ground.telemetry.gauge(&component.id),
        })
    }
}

/// One component to compile.
struct Unit {
    manifest: PathBuf,
    id: String,
    source: PathBuf,
    line: usize,
    builds: bool,
}

impl Unit {
    fn compile(&self, ground: &Ground, cache: Option<&Path>) -> Result<ServicePre<GuestState>, Diagnostic> {
        let wasm = std::fs::read(&self.source).map_err(|error| self.unreadable(&error))?;
        let component = ground
            .cache
            .load(&ground.engine, cache, &wasm)
            .map_err(|error| self.problem(&format!("is not a component that can be compiled: {error:#}")))?;
        let linked = ground
            .linker
            .instantiate_pre(&component)
            .map_err(|error| self.unlinked(&format!("{error:#}")))?;
        ServicePre::new(linked).map_err(|_| {
            self.problem("does not export \"wasi:http/handler@0.3\", so it cannot answer HTTP requests")
                .with_help(
                    "write it with `#[operation]`, or with `#[spin_sdk::http_service]` of spin-sdk 7; components for \
                 \"wasi:http/incoming-handler@0.2\" run in Spin, not in this host",
                )
        })
    }

    fn problem(&self, what: &str) -> Diagnostic {
        Diagnostic::error(
            self.manifest.clone(),
            self.line,
            format!("component \"{}\" {what}", self.id),
        )
    }

    fn unreadable(&self, error: &std::io::Error) -> Diagnostic {
        let problem = self.problem(&format!("cannot be read from \"{}\": {error}", self.source.display()));
        if error.kind() == std::io::ErrorKind::NotFound && self.builds {
            return problem.with_help("build it first, or pass --build");
        }
        problem
    }

    /// wasmtime names the first import that is missing, in backticks.
    fn unlinked(&self, error: &str) -> Diagnostic {
        match error.split('`').nth(1) {
            Some(import) => self
                .problem(&format!("imports \"{import}\", which this host does not provide"))
                .with_help(
                    "this host provides WASI 0.3, wasi:http, spin:key-value@3.0.0 and spin:variables@3.0.0; Spin itself \
                     (`spin up`) provides more",
                ),
            None => self.problem(&format!("cannot be linked: {error}")),
        }
    }
}
