//! What stands at `/orders`: hosts route by path alone, so that it is one component.

pub mod list_orders;
pub mod create_order;

midspan::operations!(list_orders::ListOrders, create_order::CreateOrder);
