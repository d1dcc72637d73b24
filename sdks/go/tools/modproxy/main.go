// Command modproxy writes a module as a module proxy would serve it, into a
// folder that can be used as GOPROXY=file://FOLDER: the zip that users get,
// built by the rules that the go command checks it by.
//
//	go -C tools run ./modproxy -module .. -version v1.4.0 -out FOLDER
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("module", ".", "folder of the module")
	version := flag.String("version", "", "its version, such as v1.4.0")
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	path, err := write(*dir, *version, *out)
	if err != nil {
		log.Fatal("modproxy: ", err)
	}
	fmt.Println(path)
}

// write gives the path of the zip.
func write(dir, version, out string) (string, error) {
	goMod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return "", err
	}
	m := module.Version{Path: modfile.ModulePath(goMod), Version: version}
	if err := module.Check(m.Path, m.Version); err != nil {
		return "", err
	}
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	base := filepath.Join(out, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	// The time is fixed so that the same sources give the same bytes.
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Unix(0, 0).UTC()})
	if err != nil {
		return "", err
	}
	for name, text := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": goMod} {
		if err := os.WriteFile(filepath.Join(base, name), text, 0o644); err != nil {
			return "", err
		}
	}
	path := filepath.Join(base, version+".zip")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if err := zip.CreateFromDir(f, m, dir); err != nil {
		f.Close()
		return "", err
	}
	return path, f.Close()
}
