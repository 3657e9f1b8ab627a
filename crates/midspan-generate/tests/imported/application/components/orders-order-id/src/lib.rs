//! What stands at `/orders('{Order ID}')/`: hosts route by path alone, so that it is one component.

pub mod get_order;
pub mod delete_order;

midspan::operations!(get_order::GetOrder, delete_order::DeleteOrder);
