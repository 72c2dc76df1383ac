// Measures gqlparser (Debian: golang-github-vektah-gqlparser-dev) on one schema: prints the fastest of 15 runs in milliseconds as JSON.
package main

import (
	"encoding/json"
	"os"
	"time"

	"github.com/vektah/gqlparser/ast"
	"github.com/vektah/gqlparser/parser"
	"github.com/vektah/gqlparser/validator"
)

func fastest(work func()) float64 {
	work()
	best := 0.0
	for run := 0; run < 15; run++ {
		start := time.Now()
		work()
		took := float64(time.Since(start).Nanoseconds()) / 1e6
		if run == 0 || took < best {
			best = took
		}
	}
	return best
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	source := &ast.Source{Name: os.Args[1], Input: string(text)}
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"parse": fastest(func() { _, _ = parser.ParseSchema(source) }),
		"load":  fastest(func() { _, _ = validator.LoadSchema(validator.Prelude, source) }),
	})
}
