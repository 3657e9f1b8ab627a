//! Doc comments from texts that somebody else wrote.

use proc_macro2::TokenStream;
use quote::quote;

/// How wide a line of a doc comment gets, in characters.
const WIDTH: usize = 100;

/// `text` as a doc comment, or nothing where it is blank.
///
/// It is kept as Markdown, but can't become code that `rustdoc` would compile as an example: no line is indented, and
/// fences say that what is in them is text.
#[must_use]
pub fn doc(text: &str) -> TokenStream {
    let lines = lines(text).into_iter().map(|line| {
        let line = if line.is_empty() { line } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// The lines of such a doc comment.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text: String = text.chars().filter(|&c| is_harmless(c)).collect();
    let text = without_line_breaks_in_html(&text);
    let mut lines: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines().map(str::trim) {
        let opens_or_ends = line.starts_with("```") || line.starts_with("~~~");
        match (opens_or_ends, fenced) {
            (true, false) => lines.push("```text".to_owned()),
            (true, true) => lines.push("```".to_owned()),
            (false, true) => lines.push(line.to_owned()),
            // One empty line is enough.
            (false, false) if line.is_empty() && lines.last().is_none_or(String::is_empty) => {}
            (false, false) => lines.extend(wrap(line)),
        }
        fenced ^= opens_or_ends;
    }
    if fenced {
        lines.push("```".to_owned());
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Neither a control character (a carriage return in a comment is an error), nor one that changes the direction of
/// text, which the compiler denies.
fn is_harmless(c: char) -> bool {
    let turns_direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (!c.is_control() || c == '\n' || c == '\t') && !turns_direction
}

fn without_line_breaks_in_html(text: &str) -> String {
    let breaks = ["<br>", "<br/>", "<br />", "</br>", "<p>", "</p>"];
    breaks.iter().fold(text.to_owned(), |text, tag| text.replace(tag, "\n"))
}

fn wrap(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH && !is_marker(word) {
            lines.push(String::new());
            width = 0;
        }
        if let Some(last) = lines.last_mut() {
            if width > 0 {
                last.push(' ');
                width += 1;
            }
            last.push_str(word);
            width += length;
        }
    }
    lines
}

/// What would begin a list, a heading, a quotation or a fence if it began a line.
fn is_marker(word: &str) -> bool {
    word.starts_with(['-', '+', '*', '#', '>', '|', '=', '`', '~'])
        || word.trim_end_matches(['.', ')']).parse::<u32>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_paragraphs_and_loses_its_indents() {
        let text = "\n  Lists pets.\r\n\n\n\n    let x = 1;\nUse <br/>`limit`.\u{202e}\n\n";
        assert_eq!(lines(text), ["Lists pets.", "", "let x = 1;", "Use", "`limit`."]);
        assert_eq!(lines(" \n "), Vec::<String>::new());
    }

    #[test]
    fn what_is_fenced_is_text_and_the_fence_is_closed() {
        assert_eq!(lines("```rust\npanic!()\n```\nb"), ["```text", "panic!()", "```", "b"]);
        assert_eq!(lines("~~~\n\na"), ["```text", "", "a", "```"]);
    }

    #[test]
    fn long_lines_are_wrapped_but_not_before_what_would_begin_a_list() {
        let long = format!("{} - b", "a".repeat(WIDTH - 1));
        assert_eq!(lines(&long), [format!("{} -", "a".repeat(WIDTH - 1)), "b".to_owned()]);
        let words = "word ".repeat(50);
        assert!(lines(&words).iter().all(|line| line.len() <= WIDTH));
        assert_eq!(lines(&words).join(" "), words.trim());
    }

    #[test]
    fn it_is_a_doc_comment_when_it_is_printed() {
        let comment = doc("A *pet*.\n\n/* ok */ \"quoted\" \\");
        let file = syn::parse2(quote!(#comment pub struct Pet;)).expect("Rust");
        assert_eq!(
            prettyplease::unparse(&file),
            "/// A *pet*.\n///\n/// /* ok */ \"quoted\" \\\npub struct Pet;\n"
        );
    }
}
