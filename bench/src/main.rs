//! Midspan against native programs that do the same work, in one run: `cargo bench -p midspan-bench`.
//!
//! The work is an operation without a source ([`work::Work::Ping`]) and the reference connector's GetHome. Each is done
//! by components on the embedded host and by an axum program ([`native`]), in processes of their own, in turns. Both
//! call the same emulated sources, a third process. How it is measured: [`measure`] and [`start`]. GetHome with kept
//! answers is measured against caches made by others too: [`cached`], and under ten times the load: [`overload`]. What
//! tracing costs is measured on GetHome as well: [`traced`].

mod arguments;
mod cached;
mod client;
mod collector;
mod components;
mod figures;
mod load;
mod measure;
mod midspan;
mod native;
mod overload;
mod peers;
mod processes;
mod setting;
mod sources;
mod start;
mod table;
mod traced;
mod work;

use anyhow::Result;
use clap::Parser;

use crate::{
    arguments::{Arguments, Plan, Role},
    figures::Report,
    processes::Tier,
    setting::Setting,
    sources::Sources,
    work::Work,
};

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.role {
        Some(Role::Sources) => sources::serve(),
        Some(Role::Midspan(role)) => midspan::serve(role),
        Some(Role::Native(role)) => native::serve(role),
        Some(Role::Collector) => collector::serve(),
        None if arguments.bench => run(&arguments),
        // `cargo test --all-targets` runs benchmarks too, without this argument.
        None => {
            eprintln!("nothing is measured here: run `cargo bench -p midspan-bench`");
            Ok(())
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    components::build()?;
    // One thread, so that sending takes as little as possible from those who answer.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&arguments.plan()))?;
    print!("{}", table::render(&report));
    if let Some(file) = &arguments.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(())
}

async fn measure(plan: &Plan) -> Result<Report> {
    let sources = Sources::start().await?;
    let mut figures = Vec::new();
    let (mut cached, mut overload, mut traced) = (None, None, None);
    for &work in &plan.works {
        if work == Work::Cached {
            cached = Some(cached::measure(&sources, plan).await?);
            continue;
        }
        if work == Work::Overload {
            overload = Some(overload::measure(&sources, plan).await?);
            continue;
        }
        if work == Work::Traced {
            traced = Some(traced::measure(&sources, plan).await?);
            continue;
        }
        let tier = Tier::start(work, &sources)?;
        figures.extend(measure::all(&tier, &sources, plan).await?);
        drop(tier);
        figures.extend(start::all(work, &sources, plan).await?);
    }
    Ok(Report {
        setting: Setting::of(plan)?,
        figures,
        cached,
        overload,
        traced,
        component_bytes: components::sizes()?,
    })
}
