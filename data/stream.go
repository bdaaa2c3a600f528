package data

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// StreamOptions says how to read a CSV file in batches.
type StreamOptions struct {
	// CSVOptions are those of ReadCSV. A stream cannot look at all labels
	// first: either Classes or the Task Regression must be given.
	CSVOptions

	// Shuffle is the number of rows that are held to be shuffled: each row that
	// is returned is one of so many, and the next row of the file takes its
	// place. Rows far apart in the file stay apart; if the file has no more
	// than Shuffle rows, every order is equally likely. 0 and 1 mean the order
	// of the file. It costs 4 bytes × Shuffle × (features + targets).
	Shuffle int

	// Seed and the number of the epoch, from 0, decide the order, by
	// kernels.Philox{Seed, StreamShuffle + epoch}.
	Seed uint64
}

// CSVStream reads a CSV file in batches, again and again: the way to train on a
// file that is larger than memory.
//
//	x, t := layout.NewMatrix(32, s.Inputs()), layout.NewMatrix(32, s.Targets())
//	for range epochs {
//		for {
//			n, err := s.Next(x, t)
//			if err == io.EOF {
//				break
//			}
//			…
//			trainer.Step(x.Slice(0, n), t.Slice(0, n))
//		}
//		err = s.Reset()
//	}
//
// Its memory does not depend on the size of the file. Next allocates the text of
// each line, a single string that is garbage at once (encoding/csv makes it),
// and nothing else; Reset allocates some 100 KiB. A stream is for one goroutine.
type CSVStream struct {
	r     io.Reader
	start int64 // where the table starts in r, if r can seek
	opt   StreamOptions
	task  Task

	t      *table
	p      plan
	labels *labelColumn
	epoch  uint64
	rows   int   // of the file that have been read in this epoch
	err    error // why there are no more

	held    layout.Matrix // rows to be shuffled: features and targets
	count   int           // how many there are
	drained bool          // no row is left to take a place
	draw    uint64        // of the shuffle
}

// OpenCSV is NewCSVStream for a file. Close closes the file.
func OpenCSV(path string, opt StreamOptions) (*CSVStream, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	s, err := NewCSVStream(f, opt)
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// NewCSVStream reads the first lines of r. Format and errors are those of
// ReadCSV; Reset needs an io.Seeker, and returns to where r is now.
//
// It is an error if neither Classes nor Regression is given, or Shuffle is
// negative or exceeds 2²⁴ rows or 2³⁰ bytes.
func NewCSVStream(r io.Reader, opt StreamOptions) (*CSVStream, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	if len(opt.Classes) == 0 && opt.Task != Regression {
		return nil, errors.New("data: a stream cannot look at all labels first: set Classes to the names of the classes, or Task to regression")
	}
	s := &CSVStream{r: r, opt: opt, task: opt.taskOfClasses()}
	if seeker, ok := r.(io.Seeker); ok {
		// A pipe is an *os.File that cannot seek: Reset will say so.
		s.start, _ = seeker.Seek(0, io.SeekCurrent)
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	if opt.Shuffle > 1 {
		width := s.Inputs() + s.Targets()
		if opt.Shuffle > 1<<24 || opt.Shuffle > 1<<28/width {
			return nil, fmt.Errorf("data: to shuffle %d rows of %d numbers takes too much memory: 2^24 rows and 1 GiB are allowed", opt.Shuffle, width)
		}
		s.held = layout.NewMatrix(opt.Shuffle, width)
	} else if opt.Shuffle < 0 {
		return nil, fmt.Errorf("data: to shuffle %d rows makes no sense", opt.Shuffle)
	}
	return s, nil
}

// taskOfClasses returns the task, decided by the number of classes if it is
// Auto.
func (opt CSVOptions) taskOfClasses() Task {
	switch {
	case opt.Task != Auto:
		return opt.Task
	case len(opt.Classes) == 2:
		return Binary
	}
	return Multiclass
}

// open starts an epoch.
func (s *CSVStream) open() error {
	t, err := openTable(s.r, s.opt.CSVOptions)
	if err != nil {
		return err
	}
	p, err := t.plan(s.opt.CSVOptions, true)
	if err != nil {
		return err
	}
	if s.t != nil && !(slices.Equal(p.features, s.p.features) && slices.Equal(p.columns, s.p.columns) && p.label == s.p.label) {
		return t.errorf(0, -1, "the columns have changed since the file was opened; open it again")
	}
	s.t, s.p, s.labels = t, p, newLabelColumn(t, p.label, s.opt.CSVOptions)
	s.rows, s.err, s.count, s.draw, s.drained = 0, nil, 0, 0, false
	return nil
}

// Inputs returns the number of features: the columns of Next's x.
func (s *CSVStream) Inputs() int { return len(s.p.columns) }

// Targets returns the columns of Next's y: the number of classes if the task is
// Multiclass, else 1.
func (s *CSVStream) Targets() int {
	if s.task == Multiclass {
		return len(s.opt.Classes)
	}
	return 1
}

// Features returns the names of the columns of x.
func (s *CSVStream) Features() []string { return slices.Clone(s.p.features) }

// Target returns the name of the label column.
func (s *CSVStream) Target() string { return s.p.target }

// Task returns Regression, Binary or Multiclass.
func (s *CSVStream) Task() Task { return s.task }

// Next reads the next rows, at most x.Rows, into the first rows of x, of
// Inputs() columns, and what is to be learnt from them, as in Dataset.Y, into
// those of y, of Targets() columns. It returns how many they are: fewer than
// x.Rows at the end of the file only, and 0 with io.EOF behind it. Other rows
// are left as they are.
//
// Errors are those of ReadCSV; the rows of an unfinished batch are not counted,
// and every call until Reset returns the same error.
// It panics if the shapes differ.
func (s *CSVStream) Next(x, y layout.Matrix) (int, error) {
	if !x.Valid() || !y.Valid() || x.Rows != y.Rows || x.Cols != s.Inputs() || y.Cols != s.Targets() {
		panic("data: CSVStream.Next: shapes differ")
	}
	n := 0
	for n < x.Rows {
		if err := s.row(x.Row(n), y.Row(n)); err == io.EOF {
			break
		} else if err != nil {
			return 0, err
		}
		n++
	}
	if n == 0 && x.Rows > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// row sets x and y to the next row in the order of the options.
func (s *CSVStream) row(x, y []float32) error {
	if s.held.Rows == 0 {
		return s.read(x, y)
	}
	for !s.drained && s.count < s.held.Rows {
		if err := s.fill(s.count); err != nil {
			return err
		}
		if !s.drained {
			s.count++
		}
	}
	if s.count == 0 {
		return io.EOF
	}
	r := kernels.Philox{Seed: s.opt.Seed, Stream: StreamShuffle + s.epoch}
	k := int(r.Intn(uint32(s.count), &s.draw))
	held := s.held.Row(k)
	copy(x, held)
	copy(y, held[len(x):])
	if !s.drained {
		if err := s.fill(k); err != nil {
			return err
		}
	}
	if s.drained {
		s.count--
		copy(held, s.held.Row(s.count))
	}
	return nil
}

// fill reads the next row of the file into the held row k, or sets drained.
func (s *CSVStream) fill(k int) error {
	held := s.held.Row(k)
	err := s.read(held[:s.Inputs()], held[s.Inputs():])
	if err == io.EOF {
		s.drained = true
		return nil
	}
	return err
}

// read sets x and y to the next row of the file.
func (s *CSVStream) read(x, y []float32) error {
	if s.err == nil {
		s.err = s.parse(x, y)
	}
	return s.err
}

func (s *CSVStream) parse(x, y []float32) error {
	rec, err := s.t.next()
	if err == io.EOF && s.rows == 0 {
		return s.t.errorf(0, -1, "the file has a header and no rows")
	}
	if err != nil {
		return err
	}
	for k, c := range s.p.columns {
		if x[k], err = s.t.feature(rec, c); err != nil {
			return err
		}
	}
	if err := s.labels.add(rec.cells[s.p.label], rec.line); err != nil {
		return err
	}
	if s.task == Regression {
		y[0], s.labels.targets = s.labels.targets[0], s.labels.targets[:0]
	} else {
		c := s.labels.labels[0]
		s.labels.labels = s.labels.labels[:0]
		if s.task == Multiclass {
			clear(y)
			y[c] = 1
		} else {
			y[0] = float32(c)
		}
	}
	s.rows++
	return nil
}

// Reset starts the next epoch: the file from its beginning, in another order if
// it is shuffled. It is an error if the reader cannot seek, or the columns of
// the file have changed.
func (s *CSVStream) Reset() error {
	s.count, s.drained = 0, false
	seeker, ok := s.r.(io.Seeker)
	if !ok {
		s.err = errors.New("data: the reader of the stream cannot seek: it has one epoch only")
		return s.err
	}
	if _, err := seeker.Seek(s.start, io.SeekStart); err != nil {
		s.err = fmt.Errorf("data: the stream cannot start again: %w", err)
		return s.err
	}
	if s.err = s.open(); s.err == nil {
		s.epoch++
	}
	return s.err
}

// Close closes the reader if it is an io.Closer.
func (s *CSVStream) Close() error {
	if c, ok := s.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
