//! Which requests go together in one batch.

use super::Request;

/// Requests by their places, in batches of at most `at_most`: those that belong together (by a change set, or one after
/// the other) go together, the order is kept where it can be. `Err` are those that belong together and are too many.
pub(super) fn batches(requests: &[Request<'_>], at_most: usize) -> Vec<Result<Vec<usize>, Vec<usize>>> {
    let mut batches: Vec<Result<Vec<usize>, Vec<usize>>> = Vec::new();
    let mut filling: Vec<usize> = Vec::new();
    for group in groups(requests) {
        if group.len() > at_most {
            batches.push(Err(group));
            continue;
        }
        if filling.len() + group.len() > at_most {
            batches.push(Ok(std::mem::take(&mut filling)));
        }
        filling.extend(group);
    }
    if !filling.is_empty() {
        batches.push(Ok(filling));
    }
    for batch in &mut batches {
        let (Ok(places) | Err(places)) = batch;
        places.sort_unstable();
    }
    batches
}

/// Those that belong together, by the first of each.
fn groups(requests: &[Request<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        let belongs = |other: &usize| {
            request.after.contains(other) || (request.set.is_some() && requests[*other].set == request.set)
        };
        let (mut with, without): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.iter().any(belongs));
        with.push(vec![at]);
        groups = without;
        groups.push(with.concat());
    }
    groups.sort_unstable_by_key(|group| group.iter().min().copied());
    groups
}
