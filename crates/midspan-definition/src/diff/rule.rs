//! What can change, and what that means to those who use the connector.

/// What a change means to flows, apps and agents that use the connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Flows or apps stop working, or can't be saved any more.
    Breaking,
    /// Some may behave otherwise.
    Risky,
    /// Nobody has to do anything.
    Safe,
}

impl Level {
    /// As it stands before a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Risky => "risky",
            Self::Safe => "safe",
        }
    }
}

macro_rules! changes {
    ($($(#[doc = $doc:literal])+ $name:ident $level:ident,)+) => {
        /// A kind of change, with why it matters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ChangeRule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ChangeRule {
            /// Every kind of change.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it means to those who use the connector.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Self::$name => Level::$level,)+ }
            }

            /// Why it has this level.
            #[must_use]
            pub const fn why(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }
        }
    };
}

changes! {
    /// Flows and apps that call it fail.
    OperationRemoved Breaking,
    /// Flows and apps know operations by their id: to them the old one is gone.
    OperationRenamed Breaking,
    /// Makers find one more action.
    OperationAdded Safe,
    /// An app that has not been published again calls the old address.
    OperationMoved Risky,
    /// Makers no longer find it; what uses it goes on.
    OperationHidden Risky,
    /// Makers find it.
    OperationShown Safe,
    /// Makers are told to move on; what uses it goes on.
    OperationDeprecated Safe,
    /// Makers see another name or text.
    OperationTextChanged Safe,
    /// A trigger that gives its items in another way, or is none, starts other runs or none.
    TriggerChanged Breaking,
    /// Flows that read all pages get more or fewer items.
    PagingChanged Risky,
    /// A body in another form is not understood as the old one.
    ContentTypeChanged Risky,
    /// Flows and apps that give it can't be saved, or its value is lost.
    ParameterRemoved Breaking,
    /// Nothing that is there gives it a value.
    RequiredParameterAdded Breaking,
    /// The platform or the back end fills it in; that its default fits everybody is an assumption.
    RequiredParameterWithDefaultAdded Risky,
    /// Makers can give one more value.
    OptionalParameterAdded Safe,
    /// Flows and apps that leave it out fail.
    ParameterBecameRequired Breaking,
    /// Makers can leave it out. A canvas app gives it by its place until it is published again.
    ParameterBecameOptional Risky,
    /// A canvas app gives required parameters by their place, not by their name.
    RequiredParametersReordered Breaking,
    /// It is sent in another place; the back end must still read the old one while apps are not published again.
    ParameterMoved Risky,
    /// Values that were right are no longer.
    ParameterTypeChanged Breaking,
    /// More values are right than before.
    ParameterTypeWidened Safe,
    /// The same type in another form, such as a date without a time.
    ParameterFormatChanged Risky,
    /// Flows and apps that give this value are refused.
    ParameterValueRemoved Breaking,
    /// Makers can choose one more value.
    ParameterValueAdded Safe,
    /// Values that were right may be refused.
    ParameterBoundsNarrowed Risky,
    /// More values are right than before.
    ParameterBoundsWidened Safe,
    /// What leaves it out gets another value.
    ParameterDefaultChanged Risky,
    /// Makers no longer find it; the value that a flow gives stays.
    ParameterHidden Risky,
    /// Makers find it elsewhere, under another name or with another text.
    ParameterTextChanged Safe,
    /// Makers choose from another list, or get other fields; what was chosen may not be in it.
    DynamicSourceChanged Risky,
    /// Expressions that read it give nothing or fail.
    ResponseFieldRemoved Breaking,
    /// Makers can use one more value.
    ResponseFieldAdded Safe,
    /// Expressions that read it get another type.
    ResponseFieldTypeChanged Breaking,
    /// The same type in another form, such as a date without a time.
    ResponseFieldFormatChanged Risky,
    /// Expressions that read it may get nothing.
    ResponseFieldBecameOptional Risky,
    /// It is always there now.
    ResponseFieldBecameRequired Safe,
    /// A flow that branches on the value has no branch for it.
    ResponseValueAdded Risky,
    /// The value does not come any more.
    ResponseValueRemoved Safe,
    /// Makers no longer find it; expressions that read it go on.
    ResponseFieldHidden Risky,
    /// Makers find it elsewhere, under another name or with another text.
    ResponseTextChanged Safe,
    /// Makers find nothing in the answer any more.
    ResponseRemoved Breaking,
    /// Makers can use the answer.
    ResponseAdded Safe,
    /// Flows that check the status see another.
    ResponseStatusChanged Risky,
    /// Connections that exist no longer fit; everybody has to connect again.
    AuthenticationChanged Breaking,
    /// Everybody is asked to consent again.
    ScopesChanged Risky,
    /// Connections that exist lack it.
    ConnectionParameterAdded Breaking,
    /// Connections keep a value that nothing reads.
    ConnectionParameterRemoved Risky,
    /// The gateway calls another address; data policies by host may refuse it.
    HostChanged Risky,
    /// The gateway does something else with requests or answers.
    PolicyChanged Risky,
    /// Makers see another title, description or colour.
    PresentationChanged Safe,
}
