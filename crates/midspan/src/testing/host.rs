//! The scripted host.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::pin,
    rc::Rc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::{Either, LocalBoxFuture, join, join_all, select};
use midspan_definition::telemetry::RequestSpan;
use serde::de::DeserializeOwned;

use super::{
    clock::VirtualClock,
    script::{End, Recorded, Reply, Script},
};
use crate::{
    Caller, Operation, Operations, Result, Timestamp,
    component::Host,
    port::{Decision, Port, SendError, StoreError},
    serve::serve,
    source::Instance,
};

/// The host that an operation runs on in a unit test.
///
/// Every variable `<name>_url` that the test does not set is `https://<name>.test`, and every other one is its own name,
/// so that a test says only what it is about.
#[derive(Clone, Default)]
pub struct TestHost(Rc<Inner>, Rc<Instance>);

/// One of several requests: where it goes, when, and what becomes of the instance.
#[derive(Clone)]
pub struct Attempt {
    /// The instance that serves it.
    pub host: TestHost,
    /// What is sent.
    pub request: http::Request<Bytes>,
    /// How long after the others' beginning it is sent.
    pub after: Duration,
    /// How long after that the instance dies in the midst of it, if it does.
    pub dies_after: Option<Duration>,
}

#[derive(Default)]
struct Inner {
    clock: VirtualClock,
    script: RefCell<Script>,
    requests: RefCell<Vec<Recorded>>,
    variables: RefCell<BTreeMap<String, Option<String>>>,
    log: RefCell<Vec<String>>,
    reports: RefCell<Vec<String>>,
    environment: RefCell<BTreeMap<String, String>>,
    store: RefCell<BTreeMap<String, Bytes>>,
    store_is_down: Cell<bool>,
    store_delay: Cell<Duration>,
    store_uses: Cell<u32>,
    random: Cell<u64>,
    caller: RefCell<Option<Caller>>,
}

impl TestHost {
    /// A host without sources, at the start of 2026-01-01 UTC.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Scripts what `source` does with a request, e.g. `"GET /v1.0/users"` (the path without the query). Several replies
    /// for one route come in order; the last one repeats.
    pub fn on(&self, source: &str, route: &str, reply: Reply) {
        self.0.script.borrow_mut().add(source, route, reply);
    }

    /// Scripts what `source` makes of a request itself; replies of [`on`](Self::on) for the same route come first.
    pub fn answer(&self, source: &str, route: &str, reply: impl Fn(&http::Request<Bytes>) -> Reply + 'static) {
        self.0.script.borrow_mut().answer(source, route, Box::new(reply));
    }

    /// Scripts what becomes of every request that nothing else is scripted for, wherever it goes.
    pub fn otherwise(&self, reply: impl Fn(&http::Request<Bytes>) -> Reply + 'static) {
        self.0.script.borrow_mut().otherwise(Box::new(reply));
    }

    /// Gives a variable another value; `None` takes it away.
    pub fn variable(&self, name: &str, value: Option<&str>) {
        self.0.variables.borrow_mut().insert(name.into(), value.map(Into::into));
    }

    /// Says who calls from now on, so that a test of an operation needs neither keys nor tokens: its schemes are not asked,
    /// but the caller must still have the operation's roles and scopes. `None`: the schemes are asked again.
    pub fn calls_as(&self, caller: impl Into<Option<Caller>>) {
        *self.0.caller.borrow_mut() = caller.into();
    }

    /// Waits for all that the operation does after its answers, such as refreshing what it has cached.
    pub fn settle(&self) {
        self.0.clock.settle();
    }

    /// What the shared store has under `key`.
    #[must_use]
    pub fn stored(&self, key: &str) -> Option<Bytes> {
        self.0.store.borrow().get(key).cloned()
    }

    /// The keys that the shared store has, in order.
    #[must_use]
    pub fn stored_keys(&self) -> Vec<String> {
        self.0.store.borrow().keys().cloned().collect()
    }

    /// Makes every use of the shared store fail, or no longer.
    pub fn store_is_down(&self, down: bool) {
        self.0.store_is_down.set(down);
    }

    /// Makes every use of the shared store take this long.
    pub fn store_takes(&self, delay: Duration) {
        self.0.store_delay.set(delay);
    }

    /// How often the shared store was used.
    #[must_use]
    pub fn store_uses(&self) -> u32 {
        self.0.store_uses.get()
    }

    /// Replaces what the shared store has under `key`.
    pub fn overwrite(&self, key: &str, value: impl Into<Bytes>) {
        self.0.store.borrow_mut().insert(key.to_owned(), value.into());
    }

    /// Another instance of the component, as on another host: the same sources, store and clock, and nothing else shared.
    #[must_use]
    pub fn other_instance(&self) -> Self {
        Self(self.0.clone(), Rc::default())
    }

    /// Lets time pass.
    pub fn pass(&self, duration: Duration) {
        self.0.clock.run(self.0.clock.sleep(duration));
    }

    /// Sends requests at the same moment, each to the instance given with it, and gives the answers in that order.
    #[must_use]
    pub fn send_at_once<O: Operation>(requests: Vec<(Self, http::Request<Bytes>)>) -> Vec<Response> {
        let Some(clock) = requests.first().map(|(host, _)| host.0.clock.clone()) else {
            return Vec::new();
        };
        let answers = requests
            .into_iter()
            .map(|(host, request)| serve::<O>(Rc::new(host), request));
        let answers = clock.run(join_all(answers.map(Box::pin)));
        answers.into_iter().map(Response).collect()
    }

    /// Sends requests at moments of their own. One that has no answer when its instance dies, has none.
    #[must_use]
    pub fn send_each<O: Operation>(attempts: Vec<Attempt>) -> Vec<Option<Response>> {
        let Some(clock) = attempts.first().map(|attempt| attempt.host.0.clock.clone()) else {
            return Vec::new();
        };
        let answers = attempts.into_iter().map(|attempt| {
            let Attempt {
                host,
                request,
                after,
                dies_after,
            } = attempt;
            Box::pin(async move {
                host.0.clock.sleep(after).await;
                let death = async {
                    match dies_after {
                        Some(life) => host.0.clock.sleep(life).await,
                        None => std::future::pending().await,
                    }
                };
                let answer = pin!(serve::<O>(Rc::new(host.clone()), request));
                match select(pin!(death), answer).await {
                    Either::Left(_) => None,
                    Either::Right((answer, _)) => Some(Response(answer)),
                }
            })
        });
        clock.run(join_all(answers))
    }

    /// Sends requests to two operations at the same moment.
    #[must_use]
    pub fn send_both<A: Operation, B: Operation>(
        (host_a, request_a): (&Self, http::Request<Bytes>),
        (host_b, request_b): (&Self, http::Request<Bytes>),
    ) -> (Response, Response) {
        let a = serve::<A>(Rc::new(host_a.clone()), request_a);
        let b = serve::<B>(Rc::new(host_b.clone()), request_b);
        let (a, b) = host_a.0.clock.run(join(Box::pin(a), Box::pin(b)));
        (Response(a), Response(b))
    }

    /// Sends a request whose caller goes away after `patience`, if it has no answer by then.
    pub fn send_impatiently<O: Operation>(&self, request: http::Request<Bytes>, patience: Duration) {
        let answer = pin!(serve::<O>(Rc::new(self.clone()), request));
        let gone = pin!(self.0.clock.sleep(patience));
        self.0.clock.run(select(answer, gone));
    }

    /// Sends a GET to the operation.
    ///
    /// # Panics
    /// If `path` is not the path of a URL.
    #[must_use]
    pub fn get<O: Operation>(&self, path: &str) -> Response {
        self.get_with::<O>(path, &[])
    }

    /// Sends a GET with headers to the operation.
    ///
    /// # Panics
    /// If `path` is not the path of a URL, or a header is not valid.
    #[must_use]
    pub fn get_with<O: Operation>(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = http::Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send::<O>(
            request
                .body(Bytes::new())
                .expect("a path such as /home/E1 and valid headers"),
        )
    }

    /// Sends any request to the operation, through all its stages.
    #[must_use]
    pub fn send<O: Operation>(&self, request: http::Request<Bytes>) -> Response {
        Response(self.0.clock.run(serve::<O>(Rc::new(self.clone()), request)))
    }

    /// Sends any request to a component of several operations, as [`operations!`](crate::operations) makes it.
    #[must_use]
    pub fn send_to<C: Operations>(&self, request: http::Request<Bytes>) -> Response {
        Response(self.0.clock.run(C::serve(Host(Rc::new(self.clone())), request.into())))
    }

    /// The requests that reached `source`, in order.
    #[must_use]
    pub fn requests(&self, source: &str) -> Vec<Recorded> {
        let all = self.0.requests.borrow();
        all.iter().filter(|request| request.source == source).cloned().collect()
    }

    /// Virtual time since the host was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.clock.now()
    }

    /// The lines that the operation logged, but for the one that it writes for each request.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.0.log.borrow().clone()
    }

    /// The lines that the operation wrote for the requests, one for each: see
    /// [`midspan_definition::telemetry`].
    ///
    /// # Panics
    /// If one is not what it must be.
    #[must_use]
    pub fn reports(&self) -> Vec<RequestSpan<'static>> {
        let read = |line: &String| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.0.reports.borrow().iter().map(read).collect()
    }

    /// Sets a variable of the component's environment. Unless told, `MIDSPAN_LOG_SOURCES` is `true` here, so that
    /// [`log`](TestHost::log) has what sources say when they fail.
    pub fn environment(&self, name: &str, value: &str) {
        self.0.environment.borrow_mut().insert(name.into(), value.into());
    }
}

impl Inner {
    /// The source whose `<name>_url` starts the request's URL.
    fn source_of(&self, uri: &http::Uri) -> String {
        let url = uri.to_string();
        let set = self.variables.borrow();
        let known = set.iter().find_map(|(name, value)| {
            let name = name.strip_suffix("_url")?;
            url.starts_with(value.as_deref()?).then(|| name.to_owned())
        });
        known.unwrap_or_else(|| uri.host().unwrap_or_default().trim_end_matches(".test").to_owned())
    }
}

impl Inner {
    /// Does something with the store in the middle of the time that it takes: whoever dies waits for it, or for its answer.
    async fn use_store<T>(&self, what: impl FnOnce(&mut BTreeMap<String, Bytes>) -> T) -> Result<T, StoreError> {
        self.store_uses.set(self.store_uses.get() + 1);
        let half = self.store_delay.get() / 2;
        self.pause(half).await;
        if self.store_is_down.get() {
            return Err(StoreError::Failed("the test took it down".into()));
        }
        let done = what(&mut self.store.borrow_mut());
        self.pause(half).await;
        Ok(done)
    }

    async fn pause(&self, duration: Duration) {
        if !duration.is_zero() {
            self.clock.sleep(duration).await;
        }
    }
}

impl Port for TestHost {
    fn send(
        &self,
        request: http::Request<Bytes>,
        max_body: usize,
    ) -> LocalBoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let source = self.0.source_of(request.uri());
        let reply = self.0.script.borrow_mut().next(&source, &request);
        self.0.requests.borrow_mut().push(Recorded { source, request });
        Box::pin(async move {
            self.0.clock.sleep(reply.delay).await;
            match reply.end {
                End::Answer(answer) => {
                    let length = answer.body().len();
                    let read = length.min(max_body.saturating_add(1));
                    if let Some(drip) = reply.drip {
                        for _ in (0..read).step_by(drip.bytes.max(1)) {
                            self.0.clock.sleep(drip.every).await;
                        }
                    }
                    if length > max_body {
                        return Err(SendError::TooLarge);
                    }
                    Ok(answer)
                }
                End::Fail(error) => Err(error),
                End::Hang => std::future::pending().await,
            }
        })
    }

    fn variable<'a>(&'a self, name: &'a str) -> LocalBoxFuture<'a, Result<String, String>> {
        let value = match (self.0.variables.borrow().get(name), name.strip_suffix("_url")) {
            (Some(Some(value)), _) => Ok(value.clone()),
            (Some(None), _) => Err("it has no value".to_owned()),
            (None, Some(source)) => Ok(format!("https://{source}.test")),
            (None, None) => Ok(name.to_owned()),
        };
        Box::pin(std::future::ready(value))
    }

    fn load<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        Box::pin(self.0.use_store(|store| store.get(key).cloned()))
    }

    fn store<'a>(&'a self, key: &'a str, value: Bytes) -> LocalBoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.0.use_store(|store| {
            store.insert(key.to_owned(), value);
        }))
    }

    fn remove<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.0.use_store(|store| {
            store.remove(key);
        }))
    }

    fn swap<'a>(&'a self, key: &'a str, decide: Decision<'a>) -> LocalBoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.0.use_store(|store| {
            let value = decide(store.get(key).map(|value| &**value));
            value.is_some_and(|value| {
                store.insert(key.to_owned(), value.into());
                true
            })
        }))
    }

    fn keys(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StoreError>> {
        Box::pin(self.0.use_store(|store| store.keys().cloned().collect()))
    }

    fn caller(&self) -> Option<Caller> {
        self.0.caller.borrow().clone()
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.0.clock.spawn(work);
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.0.clock.sleep(duration))
    }

    fn monotonic(&self) -> Duration {
        self.0.clock.now()
    }

    fn now(&self) -> Timestamp {
        const START: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z
        Timestamp::from_second(START).unwrap_or_default() + self.0.clock.now()
    }

    /// A sequence that is the same in every run.
    fn random(&self) -> u64 {
        // SplitMix64's constants (Steele, Lea and Flood 2014) spread a counter over all bits.
        let next = self.0.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.random.set(next);
        let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 31)
    }

    fn instance(&self) -> Rc<Instance> {
        self.1.clone()
    }

    fn log(&self, line: &str) {
        self.0.log.borrow_mut().push(line.to_owned());
    }

    fn report(&self, line: &str) {
        self.0.reports.borrow_mut().push(line.to_owned());
    }

    fn environment(&self, name: &str) -> Option<String> {
        let set = self.0.environment.borrow().get(name).cloned();
        set.or_else(|| (name == "MIDSPAN_LOG_SOURCES").then(|| "true".to_owned()))
    }
}

/// What the operation answered.
#[derive(Debug, Clone)]
pub struct Response(http::Response<Bytes>);

impl Response {
    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// A header's value, or nothing where it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// All values of a header that may stand there several times.
    #[must_use]
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        let values = self.0.headers().get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.0.body()).into_owned()
    }

    /// The body as a typed value.
    ///
    /// # Panics
    /// If it is another one: the test fails with the body's text.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(self.0.body()).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The body as the error contract has it.
    ///
    /// # Panics
    /// If it is no error.
    #[must_use]
    pub fn error(&self) -> midspan_definition::ErrorBody {
        self.json()
    }
}
