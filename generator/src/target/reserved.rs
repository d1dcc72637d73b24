//! Words that cannot be the whole name of a file or of a package.

/// True for a word that Windows takes for a device, whatever ending a file's name has
/// (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
pub fn is_device(word: &str) -> bool {
    let number = ["com", "lpt"]
        .iter()
        .find_map(|start| word.strip_prefix(start));
    matches!(word, "con" | "prn" | "aux" | "nul")
        || number.is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// True for a lower-case word that some language has a meaning for where the name of a package
/// stands: a keyword of one of them, a module of Python's or Node's own library, a crate of
/// Rust's.
pub fn is_package(word: &str) -> bool {
    is_device(word) || PACKAGES.binary_search(&word).is_ok()
}

/// Sorted.
#[rustfmt::skip]
const PACKAGES: &[&str] = &[
    "abc", "abstract", "aifc", "alloc", "and", "antigravity", "argparse", "array", "as",
    "assert", "ast", "async", "asynchat", "asyncio", "asyncore", "atexit", "audioop", "await",
    "base64", "bdb", "become", "binascii", "bisect", "box", "break", "buffer", "builtins",
    "bz2", "calendar", "case", "cgi", "cgitb", "chan", "chunk", "class", "cluster", "cmath",
    "cmd", "code", "codecs", "codeop", "collections", "colorsys", "compileall", "concurrent",
    "configparser", "console", "const", "constants", "contextlib", "contextvars", "continue",
    "copy", "copyreg", "core", "cprofile", "crate", "crypt", "crypto", "csv", "ctypes",
    "curses", "dataclasses", "datetime", "dbm", "decimal", "def", "default", "defer", "del",
    "dgram", "difflib", "dis", "distutils", "dns", "do", "doctest", "domain", "dyn", "elif",
    "else", "email", "encodings", "ensurepip", "enum", "errno", "events", "except", "extern",
    "fallthrough", "false", "faulthandler", "fcntl", "filecmp", "fileinput", "final", "finally",
    "fn", "fnmatch", "for", "fractions", "from", "fs", "ftplib", "func", "functools", "gc",
    "gen", "genericpath", "getopt", "getpass", "gettext", "glob", "global", "go", "goto",
    "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac", "html", "http", "http2", "https",
    "idlelib", "if", "imaplib", "imghdr", "imp", "impl", "import", "importlib", "in", "inspect",
    "inspector", "interface", "io", "ipaddress", "is", "itertools", "json", "keyword", "lambda",
    "let", "lib2to3", "linecache", "locale", "logging", "loop", "lzma", "macro", "mailbox",
    "mailcap", "main", "map", "marshal", "match", "math", "mimetypes", "mmap", "mod", "module",
    "modulefinder", "move", "msilib", "msvcrt", "multiprocessing", "mut", "net", "netrc", "nis",
    "nntplib", "none", "nonlocal", "not", "nt", "ntpath", "nturl2path", "numbers", "opcode",
    "operator", "optparse", "or", "os", "ossaudiodev", "override", "package", "pass", "path",
    "pathlib", "pdb", "pickle", "pickletools", "pipes", "pkgutil", "platform", "plistlib",
    "poplib", "posix", "posixpath", "pprint", "priv", "process", "profile", "pstats", "pty",
    "pub", "punycode", "pwd", "pyclbr", "pydoc", "pyexpat", "querystring", "queue", "quopri",
    "raise", "random", "range", "re", "readline", "ref", "repl", "reprlib", "resource",
    "return", "rlcompleter", "runpy", "sched", "sea", "secrets", "select", "selectors", "self",
    "shelve", "shlex", "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr", "socket",
    "socketserver", "spwd", "sqlite", "sqlite3", "ssl", "stat", "static", "statistics", "std",
    "stream", "string", "stringprep", "struct", "subprocess", "sunau", "super", "switch",
    "symtable", "sys", "sysconfig", "syslog", "tabnanny", "tarfile", "telnetlib", "tempfile",
    "termios", "test", "textwrap", "this", "threading", "time", "timeit", "timers", "tkinter",
    "tls", "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc", "trait", "true",
    "try", "tty", "turtle", "turtledemo", "type", "typeof", "types", "typing", "unicodedata",
    "unittest", "unsafe", "unsized", "url", "urllib", "use", "util", "uu", "uuid", "v8", "var",
    "venv", "virtual", "vm", "warnings", "wasi", "wave", "weakref", "webbrowser", "where",
    "while", "winreg", "winsound", "with", "wsgiref", "xdrlib", "xml", "xmlrpc", "yield",
    "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
];

#[test]
fn the_list_is_sorted() {
    assert!(PACKAGES.is_sorted());
    assert!(is_package("calendar") && is_package("map") && is_package("lpt1"));
    assert!(!is_package("museum") && !is_device("com10") && !is_device("common"));
}
