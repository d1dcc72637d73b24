// What TypeScript's own parser finds in files: kinds of nodes, names, values, comments.
// Usage: node facts.mjs TYPESCRIPT < files > facts; both are JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ts = createRequire(import.meta.url)(process.argv[2]);

const facts = (name, text) => {
  const found = {};
  const count = (fact) => {
    found[fact] = (found[fact] ?? 0) + 1;
  };
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  for (const { messageText } of file.parseDiagnostics) {
    count(`error ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  }
  const comments = new Map();
  const gather = (ranges) => {
    for (const range of ranges ?? []) comments.set(range.pos, range);
  };
  // Every token, for the comments before and behind it.
  const tokens = (node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length === 0) {
      gather(ts.getLeadingCommentRanges(text, node.pos));
      gather(ts.getTrailingCommentRanges(text, node.end));
    }
    for (const child of children) tokens(child);
  };
  const visit = (node, above) => {
    const kind = ts.SyntaxKind[node.kind];
    // Of a comment, its tags mean something and its text does not.
    for (const comment of node.jsDoc ?? []) {
      for (const tag of comment.tags ?? []) count(`tag ${tag.tagName.text}`);
    }
    count(`node ${above} ${kind}`);
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) count(`name ${node.text}`);
    else if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node) || ts.isNumericLiteral(node)) {
      count(`text ${node.text}`);
    } else if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) count(`text ${node.text}`);
    ts.forEachChild(node, (child) => visit(child, kind));
  };
  visit(file, "");
  tokens(file);
  // Comments of lines that follow each other are one.
  let end = -1;
  for (const range of [...comments.values()].sort((a, b) => a.pos - b.pos)) {
    const between = end < 0 ? "x" : text.slice(end, range.pos);
    const line = range.kind === ts.SyntaxKind.SingleLineCommentTrivia;
    if (!line || !/^\n[ \t]*$/.test(between)) count(line ? "comment line" : "comment block");
    end = line ? range.end : -1;
  }
  return found;
};

const files = JSON.parse(readFileSync(0, "utf8"));
const out = files.map(({ name, text }) => facts(name, text));
process.stdout.write(JSON.stringify(out));
