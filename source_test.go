package hadamard_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// exempt names the functions whose products are exact in float64, or meant to
// be fused.
var exempt = []string{"kernels.FMA", "kernels.fmaOdd", "kernels.fmaRow"}

// A compiler may fuse x*y + z, even over several statements and inlined calls,
// and does so on some machines only. A conversion around the product forbids
// it. So every floating-point product in a package whose results are the same
// everywhere stands in a conversion.
func TestEveryProductIsConverted(t *testing.T) {
	if _, err := os.Stat(filepath.Join(build.Default.GOROOT, "src", "math")); err != nil {
		t.Skip("no source of the standard library to type-check with")
	}
	products := 0
	for _, dir := range []string{".", "kernels", "layout", "data", "ffnn", "ffnn/metrics", "internal/elementary", "examples/approximation"} {
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range pkg.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		c := productChecker{t: t, fset: fset, info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}}
		conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
		if _, err := conf.Check(dir, fset, files, c.info); err != nil {
			t.Fatalf("no type information: %v", err)
		}
		for _, f := range files {
			c.check(f)
		}
		products += c.products
	}
	if products < 40 {
		t.Errorf("found only %d products: the test looks at nothing", products)
	}
}

type productChecker struct {
	t        *testing.T
	fset     *token.FileSet
	info     *types.Info
	products int
}

func (c *productChecker) check(f *ast.File) {
	converted := map[ast.Expr]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !slices.Contains(exempt, f.Name.Name+"."+n.Name.Name)
		case *ast.CallExpr:
			if c.info.Types[n.Fun].IsType() && len(n.Args) == 1 {
				converted[n.Args[0]] = true
			}
		case *ast.AssignStmt:
			if n.Tok == token.MUL_ASSIGN && c.isFloat(n.Lhs[0]) {
				c.t.Errorf("%v: floating-point *=: write x = float32(x*y)", c.fset.Position(n.Pos()))
			}
		case *ast.BinaryExpr:
			if n.Op == token.MUL && c.isFloat(n) {
				c.products++
				if !converted[n] && !c.doubles(n) {
					c.t.Errorf("%v: product without a conversion around it", c.fset.Position(n.Pos()))
				}
			}
		}
		return true
	})
}

// isFloat reports whether e is a floating-point number that is not a constant.
func (c *productChecker) isFloat(e ast.Expr) bool {
	tv := c.info.Types[e]
	b, ok := tv.Type.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0 && tv.Value == nil
}

// doubles reports whether the product has the constant factor ±2 and so is
// exact.
func (c *productChecker) doubles(n *ast.BinaryExpr) bool {
	for _, e := range []ast.Expr{n.X, n.Y} {
		if v := c.info.Types[e].Value; v != nil && (v.String() == "2" || v.String() == "-2") {
			return true
		}
	}
	return false
}
