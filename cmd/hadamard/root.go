package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// Exit codes besides 0.
const (
	exitFailure     = 1   // of data, files, training
	exitUsage       = 2   // the command line cannot be meant so
	exitInterrupted = 130 // what shells report for Ctrl-C: 128 + SIGINT
)

// usageError is an error in the command line.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// failure is an error of a command whose command line was right.
type failure struct{ error }

func (e failure) Unwrap() error { return e.error }

// errInterrupted is wrapped by the error of a command that Ctrl-C has ended.
var errInterrupted = errors.New("interrupted")

// streams are what a command reads and writes.
type streams struct {
	in  io.Reader
	out *output
}

// output is standard output. It keeps the first error of writing, so that a
// full disk does not go unnoticed though nobody checks each line.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// terminal returns the file that o writes to, if it is a terminal.
func (o *output) terminal() (*os.File, bool) {
	f, ok := o.Writer.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// run runs the command line args and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := &streams{in: stdin, out: &output{Writer: stdout}}
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(s.out)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && s.out.err != nil {
		err = failure{fmt.Errorf("cannot write to standard output: %w", s.out.err)}
	}
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "hadamard: %s\n", message(err))
	switch {
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, new(failure)):
		return exitFailure
	}
	fmt.Fprintf(stderr, "See %s --help.\n", cmd.CommandPath())
	return exitUsage
}

// message returns the text of err without the names of the package and method
// that it comes from, which tell a user nothing.
func message(err error) string {
	s := err.Error()
	for _, pkg := range []string{"data: ", "ffnn: ", "safetensors: ", "Fit: ", "FindLearningRate: "} {
		s = strings.TrimPrefix(s, pkg)
	}
	return strings.TrimSpace(s)
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "hadamard",
		Short: "Train feed-forward neural networks and predict with them",
		Long: `hadamard trains feed-forward neural networks on tables of numbers and predicts
with them. Try it on a data set that comes with it:

  hadamard train digits
  hadamard eval digits.safetensors digits
  hadamard inspect digits.safetensors

Exit codes: 0 done, 1 failed (data, files, training), 2 wrong command line,
130 interrupted by Ctrl-C.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newTrain(s), newPredict(s), newEval(s), newInspect(s), newInfo(s), newJSONTopic())
	return root
}

// version returns the version of the module that the command was built from.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "(devel)"
}

// action marks the errors of f that are not in the command line, whereas all
// that cobra reports before f is called are.
func action(f func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := f(cmd, args)
		if err == nil || errors.As(err, new(*usageError)) {
			return err
		}
		return failure{err}
	}
}

// operands is the check that a command has exactly the named operands.
func operands(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		want := strings.Join(names, " and ")
		if want == "" {
			want = "no operand"
		}
		given := "given is nothing"
		if len(args) > 0 {
			given = fmt.Sprintf("given is %s", strings.Join(args, " "))
		}
		return usagef("%s takes %s; %s", cmd.Name(), want, given)
	}
}

// flagError says what a flag's value must be, in place of what strconv says.
func flagError(_ *cobra.Command, err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return usagef("%v", err)
	}
	want := ""
	switch bad.GetFlag().Value.Type() {
	case "int":
		want = "a whole number is needed"
	case "uint64":
		want = "a whole number from 0 to 18446744073709551615 is needed"
	case "float64":
		want = "a number is needed, such as 0.001"
	default:
		want = message(errors.Unwrap(bad))
	}
	return usagef("--%s %q: %s", bad.GetFlag().Name, bad.GetValue(), want)
}
