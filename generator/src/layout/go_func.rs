//! Functions of one statement or none, on one line or three, as gofmt has them.

/// What header and statement together must stay below to stand on one line: `maxSize` of gofmt's
/// `funcBody` (`go/printer/nodes.go`), measured.
const LIMIT: usize = 100;

/// A function that is its header and at most one statement: `func (r Run) ID() string` and
/// `return r.id`.
pub fn function(header: &str, statement: &str) -> String {
    match (fits(header, statement), statement) {
        (true, "") => format!("{header} {{}}"),
        (true, _) => format!("{header} {{ {statement} }}"),
        (false, "") => format!("{header} {{\n}}"),
        (false, _) => format!("{header} {{\n\t{statement}\n}}"),
    }
}

/// True when gofmt leaves the function on one line.
pub fn fits(header: &str, statement: &str) -> bool {
    header.chars().count() + statement.chars().count() < LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_broken_where_gofmt_breaks_it() {
        let header =
            "func (r *UserNotificationDeleteContentError) UnmarshalJSON(data []byte) error";
        assert!(function(header, "return unmarshal(data, r)").contains("{\n\treturn"));
        let header = format!("func {}()", "f".repeat(92));
        assert_eq!(function(&header, ""), format!("{header} {{}}"));
        let header = format!("func {}()", "f".repeat(93));
        assert_eq!(function(&header, ""), format!("{header} {{\n}}"));
    }
}
