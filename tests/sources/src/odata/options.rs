//! `$select`, `$orderby` and `$top`.

/// A query option whose value makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadOption;

/// One part of an `$orderby`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order<'a> {
    pub(crate) property: &'a str,
    pub(crate) descending: bool,
}

/// The names of a comma-separated list (`$select`, `$expand` without options).
pub(crate) fn list(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// The parts of an `$orderby`, most important first.
pub(crate) fn order(text: &str) -> Result<Vec<Order<'_>>, BadOption> {
    list(text).into_iter().map(one).collect()
}

fn one(text: &str) -> Result<Order<'_>, BadOption> {
    let mut words = text.split_whitespace();
    let property = words.next().ok_or(BadOption)?;
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(BadOption),
    };
    if words.next().is_some() {
        Err(BadOption)
    } else {
        Ok(Order { property, descending })
    }
}

/// A whole number that is not negative.
pub(crate) fn top(text: &str) -> Result<usize, BadOption> {
    text.parse().map_err(|_| BadOption)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_reads_direction_and_refuses_anything_else() {
        assert_eq!(
            order("due desc, name,id asc"),
            Ok(vec![
                Order {
                    property: "due",
                    descending: true
                },
                Order {
                    property: "name",
                    descending: false
                },
                Order {
                    property: "id",
                    descending: false
                }
            ])
        );
        assert_eq!(order("due down"), Err(BadOption));
        assert_eq!(order("due desc desc"), Err(BadOption));
    }

    #[test]
    fn a_top_is_a_whole_number() {
        assert_eq!(top("5"), Ok(5));
        assert_eq!(top("-1"), Err(BadOption));
        assert_eq!(top("all"), Err(BadOption));
    }
}
