//! Types and functions describe themselves.

use midspan::{Input as _, Operation as _, prelude::*};
use midspan_definition::{
    Choice, Constraints, Designer, Field, Location, Method, Parameter, Schema, SourceUse, Visibility,
};

use crate::contract::{IsUp, Line, NewsInput, Order, OrderInput, OrderNow, Page, SHOP, Sort};

const TEXT: Schema = Schema::String { format: None };

const SORT: Schema = Schema::Choice(&[
    choice("newest", "Newest"),
    choice("mostRead", "Most read first"),
    choice("a-z", "Alphabetical"),
]);

const fn choice(value: &'static str, display_name: &'static str) -> Choice {
    Choice { value, display_name }
}

const LINE: Schema = Schema::Object {
    name: "Line",
    fields: &[
        Field {
            constraints: Constraints {
                min: Some(1),
                max: Some(9),
                ..Constraints::NONE
            },
            ..field("quantity", "Quantity", true, Schema::Integer { format: "int64" })
        },
        field("type", "Type", true, TEXT),
        Field {
            constraints: Constraints {
                default: Some("1"),
                ..Constraints::NONE
            },
            ..field("boxes", "Boxes", false, Schema::Integer { format: "int64" })
        },
    ],
};

const PAGE_OF_LINES: Schema = Schema::Object {
    name: "Page",
    fields: &[
        field("items", "Items", true, Schema::Array(&LINE)),
        field("next", "Next", false, Schema::Nullable(&LINE)),
    ],
};

const ORDER: Schema = Schema::Object {
    name: "Order",
    fields: &[
        Field {
            description: "From the shop.",
            constraints: Constraints {
                min_length: Some(3),
                ..Constraints::NONE
            },
            visibility: Visibility::Important,
            ..field("orderNo", "Number of the order", true, TEXT)
        },
        field("lines", "Lines", true, Schema::Array(&LINE)),
        field(
            "shipOn",
            "Ship On",
            false,
            Schema::Nullable(&Schema::String { format: Some("date") }),
        ),
        Field {
            constraints: Constraints {
                default: Some("\"newest\""),
                ..Constraints::NONE
            },
            ..field("sort", "Sort", false, SORT)
        },
    ],
};

const fn field(name: &'static str, summary: &'static str, required: bool, schema: Schema) -> Field {
    Field {
        name,
        summary,
        description: "",
        required,
        constraints: Constraints::NONE,
        visibility: Visibility::None,
        dynamic: None,
        schema,
    }
}

#[test]
fn types_describe_themselves() {
    assert_eq!(Sort::SCHEMA, SORT);
    assert_eq!(Line::SCHEMA, LINE);
    assert_eq!(Page::<Line>::SCHEMA, PAGE_OF_LINES);
    assert_eq!(Order::SCHEMA, ORDER);
}

const fn parameter(name: &'static str, location: Location, summary: &'static str, schema: Schema) -> Parameter {
    Parameter {
        name,
        location,
        summary,
        description: "",
        required: false,
        constraints: Constraints::NONE,
        visibility: Visibility::None,
        dynamic: None,
        double_encoded: false,
        schema,
    }
}

#[test]
fn an_input_describes_its_parameters() {
    let expected = [
        Parameter {
            description: "As payroll knows it.",
            required: true,
            ..parameter("employee_id", Location::Path, "Employee number", TEXT)
        },
        Parameter {
            constraints: Constraints {
                default: Some("5"),
                min: Some(1),
                max: Some(50),
                ..Constraints::NONE
            },
            ..parameter(
                "$top",
                Location::Query,
                "Number of items",
                Schema::Integer { format: "int64" },
            )
        },
        Parameter {
            constraints: Constraints {
                default: Some("\"newest\""),
                ..Constraints::NONE
            },
            visibility: Visibility::Advanced,
            ..parameter("sort", Location::Query, "Order", SORT)
        },
        parameter(
            "since",
            Location::Query,
            "Not before",
            Schema::Nullable(&Schema::String { format: Some("date") }),
        ),
        Parameter {
            constraints: Constraints {
                max_items: Some(2),
                min_length: Some(2),
                ..Constraints::NONE
            },
            ..parameter("topics", Location::Query, "Topics", Schema::Array(&TEXT))
        },
        Parameter {
            required: true,
            ..parameter("type", Location::Query, "With text", Schema::Boolean)
        },
        Parameter {
            constraints: Constraints {
                default: Some("-1.5"),
                ..Constraints::NONE
            },
            ..parameter("rating", Location::Query, "Least rating", Schema::Number)
        },
        Parameter {
            visibility: Visibility::Internal,
            ..parameter(
                "if-modified-since",
                Location::Header,
                "If changed since",
                Schema::Nullable(&Schema::String {
                    format: Some("date-time"),
                }),
            )
        },
    ];
    assert_eq!(NewsInput::PARAMETERS, expected);
    assert_eq!(NewsInput::BODY, None);
    assert_eq!(OrderInput::BODY, Some(Order::SCHEMA));
    assert_eq!(OrderInput::PARAMETERS.len(), 1);
}

#[test]
fn an_operation_describes_itself() {
    const USE: SourceUse = SHOP.usage();
    assert_eq!(
        OrderNow::DESCRIPTION,
        midspan_definition::Operation {
            id: "OrderNow",
            method: Method::Post,
            path: "/orders",
            summary: "Place an order",
            description: "Once; the shop sends it.\n\n- by post\n- by mail",
            visibility: Visibility::Important,
            deadline_ms: 800,
            idempotency_ms: None,
            parameters: OrderInput::PARAMETERS,
            body: Some(Order::SCHEMA),
            output: Page::<Line>::SCHEMA,
            statuses: &[200],
            auth: &[],
            roles: &[],
            scopes: &[],
            sources: &[USE],
            designer: Designer::NONE,
            definition: None,
        }
    );
    let up = IsUp::DESCRIPTION;
    assert_eq!((up.id, up.summary, up.deadline_ms), ("IsUp", "Is it up?", 30_000));
    assert_eq!(
        (up.method, up.visibility, up.sources.len()),
        (Method::Get, Visibility::None, 0)
    );
}
