package ffnn

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/layout"
)

// Model is a trained network: immutable, and safe for use by any number of
// goroutines. To replace a model that is being served, put it into an
// atomic.Pointer[Model].
type Model struct {
	arch
	plan *plan

	// idle holds sessions for Predict. A slot is taken by swapping in nil. A
	// session that finds no free slot on its return is dropped; unlike those of
	// a sync.Pool, the others survive a garbage collection, so that Predict
	// does not allocate after its first calls.
	idle []atomic.Pointer[Session]
}

// predictRows returns the number of rows that a session of Model.Predict and
// Model.PredictBatch takes through the network at a time: at most 64, and no
// more than keep a layer's outputs within 256 KiB.
func (m *Model) predictRows() int {
	widest := m.widest()
	if !m.plan.scaler.empty() {
		widest = max(widest, m.inputs)
	}
	return min(max(1<<16/max(widest, 1), 1), 64)
}

// widest returns the width of the widest hidden layer of the plan.
func (m *Model) widest() int {
	widest := 0
	for _, l := range m.plan.layers[:len(m.plan.layers)-1] {
		widest = max(widest, l.w.N)
	}
	return widest
}

// Compile returns a Model with a copy of the network as it is now. BatchNorm
// layers are folded into Dense ones, and Dropout layers are left out; the file of
// the model and Network have them still.
func (n *Network) Compile() *Model { return newModel(n.arch.clone()) }

func newModel(a arch) *Model {
	m := &Model{arch: a, plan: newPlan(&a), idle: make([]atomic.Pointer[Session], 64+4*runtime.GOMAXPROCS(0))}
	m.idle[0].Store(m.NewSession(m.predictRows()))
	return m
}

// Network returns a network with a copy of the model's layers, weights, scalers
// and names, to train it further. A model does not know the initialisers of its
// layers: Reset uses the defaults; nor their penalties and max-norms.
func (m *Model) Network() *Network { return &Network{arch: m.arch.clone()} }

// Evaluate returns the mean loss of the model on d, DefaultLoss of its outputs
// if l is nil, and the share of rows that are right, as EpochEnd has them; or an
// error if d or l does not suit the model.
func (m *Model) Evaluate(d Dataset, l Loss) (loss, accuracy float64, err error) {
	tr, err := newTrainer(m.Network(), TrainConfig{Loss: l, Optimizer: SGD{}})
	if err == nil {
		err = tr.check("evaluation", d)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("ffnn: Evaluate: %w", err)
	}
	loss, accuracy = tr.Evaluate(d)
	return loss, accuracy, nil
}

// Predict computes the outputs for one row x of raw inputs and returns them in
// dst, which is allocated if it is nil. They have the same bits as in any batch.
// A NaN among the inputs gives NaN.
//
// dst has Outputs elements, x Inputs; they must not overlap. Predict allocates
// nothing if dst is given, except for a session when more goroutines are in it
// at once than ever before, or than 64 and four for each processor.
// It panics on wrong lengths.
func (m *Model) Predict(dst, x []float32) []float32 {
	if dst == nil {
		dst = make([]float32, m.Outputs())
	}
	if len(dst) != m.Outputs() || len(x) != m.inputs {
		panic("ffnn: Model.Predict: wrong length of dst or x")
	}
	m.PredictBatch(layout.MatrixOf(dst, 1, len(dst)), layout.MatrixOf(x, 1, len(x)))
	return dst
}

// PredictBatch computes the outputs for each row of x: dst is m × Outputs, x
// m × Inputs, for any m; they must not overlap. It allocates as Predict does.
// It panics on wrong shapes.
func (m *Model) PredictBatch(dst, x layout.Matrix) {
	s := m.take()
	s.Predict(dst, x)
	m.put(s)
}

// take returns an idle session, or a new one.
func (m *Model) take() *Session {
	for i := range m.idle {
		if m.idle[i].Load() != nil {
			if s := m.idle[i].Swap(nil); s != nil {
				return s
			}
		}
	}
	return m.NewSession(m.predictRows())
}

// put returns a session to a free slot; the first ones are the busiest, and
// their memory the warmest.
func (m *Model) put(s *Session) {
	for i := range m.idle {
		if m.idle[i].Load() == nil && m.idle[i].CompareAndSwap(nil, s) {
			return
		}
	}
}

// Session is the working memory for one goroutine's predictions with a model.
// It saves the search for an idle one, and bounds the memory.
type Session struct {
	model *Model
	in    layout.Matrix    // scaled inputs
	hid   [2]layout.Matrix // outputs of hidden layers, in turn; as wide as the widest
}

// NewSession returns a session that takes up to rows rows through the network
// at a time. It panics if rows is not positive, or more than 2²⁰.
func (m *Model) NewSession(rows int) *Session {
	if rows < 1 || rows > 1<<20 {
		panic("ffnn: NewSession: rows must be positive and at most 2²⁰")
	}
	s := &Session{model: m}
	var arena layout.Arena
	s.plan(&arena, rows)
	arena.Build()
	s.plan(&arena, rows)
	return s
}

func (s *Session) plan(a *layout.Arena, rows int) {
	cols, widest := 0, s.model.widest()
	if !s.model.plan.scaler.empty() {
		cols = s.model.inputs
	}
	s.in = a.TakeMatrix(rows, cols)
	s.hid[0] = a.TakeMatrix(rows, widest)
	s.hid[1] = a.TakeMatrix(rows, widest)
}

// Predict computes the outputs for each row of x: dst is m × Outputs, x
// m × Inputs, for any m; they must not overlap. It allocates nothing. A row has
// the same bits wherever it stands.
// It panics on wrong shapes, before anything is written.
func (s *Session) Predict(dst, x layout.Matrix) {
	m := s.model
	if !dst.Valid() || !x.Valid() || dst.Rows != x.Rows || x.Cols != m.inputs || dst.Cols != m.Outputs() {
		panic("ffnn: Session.Predict: shapes differ")
	}
	if layout.Overlap(dst.Span(), x.Span()) {
		panic("ffnn: Session.Predict: dst and x overlap")
	}
	for from := 0; from < x.Rows; from += s.in.Rows {
		to := min(from+s.in.Rows, x.Rows)
		s.predict(dst.Slice(from, to), x.Slice(from, to))
	}
}

func (s *Session) predict(dst, in layout.Matrix) {
	m := s.model
	if sc := &m.plan.scaler; !sc.empty() {
		scaled := s.in.Slice(0, in.Rows)
		hadamard.ShiftScale(scaled, in, sc.Shift, sc.Scale)
		in = scaled
	}
	last := len(m.plan.layers) - 1
	for i := range m.plan.layers[:last] {
		l := &m.plan.layers[i]
		out := s.hid[i%2]
		out.Rows, out.Cols = in.Rows, l.w.N
		l.forward(out, in, l.act, true)
		in = out
	}
	m.plan.layers[last].forward(dst, in, m.plan.layers[last].act, false)
	if !m.targets.empty() {
		for i := range dst.Rows {
			m.targets.unscale(dst.Row(i))
		}
	}
}

// unscale is the inverse of the scaler, y/scale + shift.
func (s Scaler) unscale(y []float32) {
	for j := range y {
		y[j] = y[j]/s.Scale[j] + s.Shift[j]
	}
}
