// What Go's own parser finds in files: kinds of nodes, names, values, comments.
//
// Usage: go run facts.go < files > facts; both are JSON.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
)

func facts(name, text string) map[string]int {
	found := map[string]int{}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		found["error "+err.Error()]++
		return found
	}
	found["comment"] = len(file.Comments)
	above := []string{""}
	ast.Inspect(file, func(node ast.Node) bool {
		if node == nil {
			above = above[:len(above)-1]
			return true
		}
		kind := fmt.Sprintf("%T", node)
		switch node := node.(type) {
		case *ast.CommentGroup, *ast.Comment:
			return false
		case *ast.Field:
			tags(node, found)
		case *ast.Ident:
			found["name "+node.Name]++
		case *ast.BasicLit:
			found["text "+literal(node)]++
		}
		found["node "+above[len(above)-1]+" "+kind]++
		above = append(above, kind)
		return true
	})
	return found
}

// literal gives the value of a literal, as the program has it.
func literal(lit *ast.BasicLit) string {
	if lit.Kind != token.STRING {
		return lit.Value
	}
	value, err := strconv.Unquote(lit.Value)
	if err != nil {
		return "error " + err.Error()
	}
	return value
}

// tags counts the pairs of a struct tag, and takes it away: reflect.StructTag says its grammar.
func tags(field *ast.Field, found map[string]int) {
	if field.Tag == nil {
		return
	}
	rest := literal(field.Tag)
	field.Tag = nil
	for rest != "" {
		key, quoted, ok := strings.Cut(strings.TrimLeft(rest, " "), ":")
		prefix, err := strconv.QuotedPrefix(quoted)
		value, bad := strconv.Unquote(prefix)
		if !ok || err != nil || bad != nil {
			found["error a tag that nobody reads: "+rest]++
			return
		}
		found["tag "+key]++
		found["text "+value]++
		rest = quoted[len(prefix):]
	}
}

func main() {
	var files []struct{ Name, Text string }
	if err := json.NewDecoder(os.Stdin).Decode(&files); err != nil {
		panic(err)
	}
	out := []map[string]int{}
	for _, file := range files {
		out = append(out, facts(file.Name, file.Text))
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}
