package ffnn

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

// The learning rates of torch.optim.lr_scheduler, a step to an epoch.
func TestSchedulesAgainstPyTorch(t *testing.T) {
	var cases []struct {
		Name      string
		BaseLR    float64   `json:"base_lr"`
		LR        []float64 `json:"lr"`
		Gamma     float64
		StepSize  int     `json:"step_size"`
		Steps     int     `json:"T_max"`
		Total     int     `json:"total_steps"`
		Iters     int     `json:"total_iters"`
		Stones    []int   `json:"milestones"`
		EtaMin    float64 `json:"eta_min"`
		From      float64 `json:"start_factor"`
		To        float64 `json:"end_factor"`
		Power     float64
		MaxLR     float64 `json:"max_lr"`
		WarmUp    float64 `json:"pct_start"`
		Div       float64 `json:"div_factor"`
		FinalDiv  float64 `json:"final_div_factor"`
		Factor    float64
		Patience  int
		Threshold float64
		Metric    []float64
	}
	golden.Read(t, "testdata/lr_schedules.json", &cases)
	if len(cases) != 8 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		var s Schedule
		steps, rate := 20, c.BaseLR
		switch c.Name {
		case "StepLR":
			s = StepDecay{Every: c.StepSize, Gamma: c.Gamma}
		case "ExponentialLR":
			s = ExponentialDecay{Gamma: c.Gamma}
		case "MultiStepLR":
			s = MultiStep{At: c.Stones, Gamma: c.Gamma}
		case "CosineAnnealingLR":
			s, steps = Cosine{Floor: c.EtaMin / c.BaseLR}, c.Steps
		case "LinearLR":
			s = Linear{From: c.From, To: c.To, Over: float64(c.Iters) / 20}
		case "PolynomialLR":
			s = Polynomial{Power: c.Power, Over: float64(c.Iters) / 20}
		case "OneCycleLR":
			s = OneCycle{WarmUp: c.WarmUp, Start: 1 / c.Div, End: 1 / c.Div / c.FinalDiv}
			steps, rate = c.Total, c.MaxLR
			if s != (OneCycle{}).defaults() {
				t.Errorf("defaults of OneCycle: %v, PyTorch's %v", OneCycle{}, s)
			}
		case "ReduceLROnPlateau":
			s = ReduceOnPlateau{Gamma: c.Factor, Patience: c.Patience, Threshold: c.Threshold}
		default:
			t.Fatalf("unknown case %s", c.Name)
		}
		for _, validated := range []bool{true, false} {
			var hist History
			for i, want := range c.LR {
				got := rate * s.Factor(Progress{Step: i, Steps: steps, EpochSteps: 1, History: hist})
				if d := math.Abs(got - want); !(d <= 1e-12*want) {
					t.Errorf("%s: epoch %d: %g, want %g", c.Name, i, got, want)
				}
				switch {
				case c.Metric == nil:
				case validated:
					hist = append(hist, EpochEnd{Loss: -float64(i), ValLoss: c.Metric[i]})
				default:
					hist = append(hist, EpochEnd{Loss: c.Metric[i], ValLoss: math.NaN()})
				}
			}
		}
	}
}

// Factors that have a simple value.
func TestScheduleValues(t *testing.T) {
	nan := math.NaN()
	flat := func(losses ...float64) (h History) {
		for _, l := range losses {
			h = append(h, EpochEnd{Loss: 1, ValLoss: l})
		}
		return h
	}
	for _, c := range []struct {
		s    Schedule
		p    Progress
		want float64
	}{
		{ConstantRate{}, Progress{Step: 7, Steps: 10, EpochSteps: 5}, 1},

		{StepDecay{Every: 2}, Progress{Step: 19, Steps: 90, EpochSteps: 5}, 0.1},
		{StepDecay{Every: 2}, Progress{Step: 20, Steps: 90, EpochSteps: 5}, 0.1 * 0.1},
		{MultiStep{At: []int{1, 3}, Gamma: 0.5}, Progress{Step: 4, Steps: 90, EpochSteps: 5}, 1},
		{MultiStep{At: []int{1, 3}, Gamma: 0.5}, Progress{Step: 5, Steps: 90, EpochSteps: 5}, 0.5},
		{MultiStep{At: []int{1, 3}}, Progress{Step: 5, Steps: 90, EpochSteps: 5}, 0.1},
		{ExponentialDecay{}, Progress{Step: 14, Steps: 90, EpochSteps: 5}, 0.95 * 0.95},
		{ExponentialDecay{Gamma: 0.5}, Progress{Step: 11, Steps: 90, EpochSteps: 1}, 1.0 / 2048},

		{Linear{}, Progress{Step: 0, Steps: 4}, 1},
		{Linear{}, Progress{Step: 3, Steps: 4}, 0.25},
		{Linear{}, Progress{Step: 9, Steps: 4}, 0},
		{Linear{From: 0.5, To: 2, Over: 0.5}, Progress{Step: 1, Steps: 4}, 1.25},
		{Linear{From: 0.5, To: 2, Over: 0.5}, Progress{Step: 3, Steps: 4}, 2},
		{Linear{Over: 5e-324}, Progress{Step: 0, Steps: 4}, 1},
		{Linear{Over: 5e-324}, Progress{Step: 1, Steps: 4}, 0},
		{Polynomial{}, Progress{Step: 1, Steps: 4}, 0.5625},
		{Polynomial{Power: 0.5}, Progress{Step: 3, Steps: 4}, 0.5},
		{Polynomial{Power: 1.5, Over: 0.5}, Progress{Step: 3, Steps: 8}, 0.125},
		{Polynomial{Power: 3}, Progress{Step: 5, Steps: 4}, 0},

		{Cosine{WarmUp: 0.2}, Progress{Step: 0, Steps: 20}, 0.25},
		{Cosine{WarmUp: 0.2}, Progress{Step: 2, Steps: 20}, 0.75},
		{Cosine{WarmUp: 0.2}, Progress{Step: 3, Steps: 20}, 1},
		{Cosine{WarmUp: 0.2}, Progress{Step: 4, Steps: 20}, 1},
		{Cosine{WarmUp: 0.2, Floor: 0.5}, Progress{Step: 12, Steps: 20}, 0.75},
		{Cosine{WarmUp: 0.2, Floor: 0.5}, Progress{Step: 20, Steps: 20}, 0.5},
		{Cosine{WarmUp: 0.01}, Progress{Step: 0, Steps: 20}, 1},
		{Cosine{}, Progress{Step: 5, Steps: 10}, 0.5},
		{Cosine{}, Progress{Step: 20, Steps: 10}, 1},

		{OneCycle{WarmUp: 0.5, Start: 0.5, End: 0.25}, Progress{Step: 0, Steps: 10}, 0.5},
		{OneCycle{WarmUp: 0.5, Start: 0.5, End: 0.25}, Progress{Step: 2, Steps: 10}, 0.75},
		{OneCycle{WarmUp: 0.5, Start: 0.5, End: 0.25}, Progress{Step: 4, Steps: 10}, 1},
		{OneCycle{WarmUp: 0.5, Start: 0.5, End: 0.25}, Progress{Step: 9, Steps: 10}, 0.25},
		{OneCycle{WarmUp: 0.5, Start: 0.5, End: 0.25}, Progress{Step: 12, Steps: 10}, 0.25},
		{OneCycle{WarmUp: 0.1}, Progress{Step: 0, Steps: 10}, 1}, // the top is the first step
		{OneCycle{End: 0.25}, Progress{Step: 0, Steps: 1}, 0.25},

		{ReduceOnPlateau{}, Progress{}, 1},
		{ReduceOnPlateau{Patience: 1}, Progress{History: flat(3, 2, 2)}, 1},
		{ReduceOnPlateau{Patience: 1}, Progress{History: flat(3, 2, 2, 2)}, 0.1},
		{ReduceOnPlateau{Patience: 1, Gamma: 0.5}, Progress{History: flat(3, 2, nan, 2)}, 0.5},
		{ReduceOnPlateau{Patience: 1, Gamma: 0.5}, Progress{History: flat(3, 3, 2, 2)}, 1},
		{ReduceOnPlateau{Patience: 1, Gamma: 0.5, Threshold: 0.5}, Progress{History: flat(3, 2, 2)}, 0.5},
		{ReduceOnPlateau{Patience: 1, Gamma: 0.5}, Progress{History: flat(3, 3, 3, 3, 3)}, 0.25},
		{ReduceOnPlateau{Patience: 1, Gamma: 0.5, Floor: 0.3}, Progress{History: flat(3, 3, 3, 3, 3)}, 0.3},
		{ReduceOnPlateau{Patience: 1, Gamma: 0.5}, Progress{History: flat(nan, 2, 1)}, 0.5}, // by Loss
		{ReduceOnPlateau{}, Progress{History: flat(3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3)}, 1},
		{ReduceOnPlateau{}, Progress{History: flat(3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3)}, 0.1},
	} {
		if got := c.s.Factor(c.p); !(math.Abs(got-c.want) <= 1e-15) {
			t.Errorf("%v: step %d of %d: %g, want %g", c.s, c.p.Step, c.p.Steps, got, c.want)
		}
	}
	if got := (Cosine{WarmUp: 0.99}).Factor(Progress{Step: 3, Steps: 3}); !(got >= 0 && got <= 1) {
		t.Errorf("past the end of a training that is all warm-up: %g", got)
	}
}

// allSchedules has each kind with its defaults and with other numbers.
var allSchedules = []Schedule{
	ConstantRate{}, StepDecay{Every: 3}, StepDecay{Every: 2, Gamma: 0.7}, MultiStep{At: []int{2, 5, 6}, Gamma: 0.3},
	ExponentialDecay{}, ExponentialDecay{Gamma: 0.9}, Linear{}, Linear{From: 0.1, To: 1.3, Over: 0.35},
	Polynomial{}, Polynomial{Power: 4.5, Over: 0.9}, Cosine{}, Cosine{WarmUp: 0.07, Floor: 0.01},
	OneCycle{}, OneCycle{WarmUp: 0.43, Start: 0.1, End: 0.003}, ReduceOnPlateau{}, ReduceOnPlateau{Gamma: 0.3, Patience: 1, Floor: 0.01},
}

// The bits of a table of factors, hashed; the same on every GOARCH.
const goldenFactors = 0x5edab295edec6233

func TestScheduleBits(t *testing.T) {
	h := fnv.New64a()
	for _, s := range allSchedules {
		var hist History
		for step := range 130 {
			if step > 0 && step%7 == 0 {
				hist = append(hist, EpochEnd{Loss: 1 / float64(1+step/28), ValLoss: math.NaN()})
			}
			f := s.Factor(Progress{Step: step, Steps: 101, EpochSteps: 7, History: hist})
			if !(f >= 0 && f <= 1.3) {
				t.Errorf("%v: step %d: %g", s, step, f)
			}
			for u, i := math.Float64bits(f), 0; i < 8; i++ {
				h.Write([]byte{byte(u >> (8 * i))})
			}
		}
	}
	if got := h.Sum64(); got != goldenFactors {
		t.Errorf("factors hash to %#x, want %#x", got, uint64(goldenFactors))
	}
}

func TestScheduleAllocations(t *testing.T) {
	p := Progress{Step: 30, Steps: 100, EpochSteps: 10, History: make(History, 3)}
	for _, s := range allSchedules {
		sum := 0.0
		if n := testing.AllocsPerRun(100, func() { sum += s.Factor(p) }); n != 0 {
			t.Errorf("%v: %g allocations", s, n)
		}
	}
}

// cosPi against Taylor's series in 400 bits.
func TestSchedulesCosPi(t *testing.T) {
	const prec = 400
	pi, _, err := big.ParseFloat("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651", 10, prec, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	num := func(x float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(x) }
	exact := func(x float64) *big.Float {
		t := num(x)
		t.Mul(t, pi)
		t.Mul(t, t)
		sum, term := num(1), num(1)
		for k := 1; k < 50; k++ {
			term.Mul(term, t)
			term.Quo(term, num(float64(-(2*k-1)*2*k)))
			sum.Add(sum, term)
		}
		return sum
	}
	xs := []float64{0x1p-30, 0x1p-60, 0.25, math.Nextafter(0.25, 1), math.Nextafter(0.5, 0), math.Nextafter(0.5, 1), 0.75, math.Nextafter(0.75, 1), 1.25, 1.75}
	for i := range 4000 {
		xs = append(xs, float64(i)/2000+0.000123, 0.5+math.Ldexp(float64(i)/4001-0.5, -i%50))
	}
	worst, at := 0.0, 0.0
	for _, x := range xs {
		if x == 0.5 {
			continue
		}
		want := exact(x)
		w, _ := want.Float64()
		_, e := math.Frexp(w)
		d, _ := new(big.Float).Sub(num(cosPi(x)), want).Float64()
		if ulps := math.Abs(math.Ldexp(d, 53-e)); ulps > worst {
			worst, at = ulps, x
		}
	}
	if worst > 1.1 {
		t.Errorf("off by %.3f ULP at %g", worst, at)
	}
	t.Logf("within %.3f ULP", worst)
	for x, want := range map[float64]float64{0: 1, 0.5: 0, 1: -1, 1.5: 0, 2: 1, 7: -1, 1e15 + 0.5: 0, 1 << 52: 1, 1.0 / 3: 0.5} {
		if got := cosPi(x); math.Abs(got-want) > 0x1p-53 {
			t.Errorf("cos(%gπ) = %g", x, got)
		}
	}
	if a, b := cosPi(0.3), cosPi(6.3); math.Abs(a-b) > 1e-15 {
		t.Errorf("not periodic: %g, %g", a, b)
	}
}

func TestSchedulesRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		s    Schedule
		want string
	}{
		{StepDecay{}, "Every 0: must be at least 1"},
		{StepDecay{Every: -1}, "Every -1"},
		{StepDecay{Every: 1, Gamma: 10}, "Gamma 10: must be in [0, 1]"},
		{StepDecay{Every: 1, Gamma: nan}, "Gamma NaN"},
		{MultiStep{}, "no epoch in At"},
		{MultiStep{At: []int{0}}, "At[0] 0: must be at least 1"},
		{MultiStep{At: []int{3, 3}}, "At[1] 3: must be at least 4"},
		{MultiStep{At: []int{3}, Gamma: -0.1}, "Gamma -0.1"},
		{ExponentialDecay{Gamma: inf}, "Gamma +Inf"},
		{Linear{From: -1}, "From -1: must be in [0, 1e+06]"},
		{Linear{To: inf}, "To +Inf"},
		{Linear{Over: 1.5}, "Over 1.5: must be in [0, 1]"},
		{Polynomial{Power: 0.9}, "not a multiple of 0.5: Power 0.9"},
		{Polynomial{Power: 16.5}, "Power 16.5: must be in [0, 16]"},
		{Polynomial{Power: -2}, "Power -2"},
		{Polynomial{Power: nan}, "Power NaN"},
		{Polynomial{Power: inf}, "Power +Inf"},
		{Polynomial{Over: nan}, "Over NaN"},
		{Cosine{WarmUp: 1}, "WarmUp 1: must be in [0, 0.99]"},
		{Cosine{Floor: 2}, "Floor 2: must be in [0, 1]"},
		{OneCycle{WarmUp: -0.1}, "WarmUp -0.1: must be in [0, 0.99]"},
		{OneCycle{Start: 25}, "Start 25: must be in [0, 1]"},
		{OneCycle{End: nan}, "End NaN"},
		{ReduceOnPlateau{Gamma: 1.1}, "Gamma 1.1"},
		{ReduceOnPlateau{Patience: -1}, "Patience -1: must be at least 0"},
		{ReduceOnPlateau{Threshold: 1}, "Threshold 1: must be in [0, 0.99]"},
		{ReduceOnPlateau{Floor: -1}, "Floor -1"},
	} {
		err := checkSchedule(c.s)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%#v: error %v, want %q", c.s, err, c.want)
		}
	}
	for _, s := range allSchedules {
		if err := checkSchedule(s); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
	if _, ok := Schedule(ReduceOnPlateau{}).(interface{ perEpoch() }); !ok {
		t.Error("ReduceOnPlateau is not marked")
	}
}

func checkSchedule(s Schedule) error {
	if c, ok := s.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

func TestParseSchedule(t *testing.T) {
	want := []string{
		"constant constant",
		"step step(every 10 epochs, γ 0.5)",
		"exponential exponential(γ 0.95)",
		"cosine cosine(warm-up 0 of the steps, floor 0)",
		"one_cycle one_cycle(warm-up 0.3 of the steps, start 0.04, end 4e-06)",
		"plateau plateau(γ 0.1, patience 10 epochs, threshold 0.0001, floor 0)",
	}
	names := ScheduleNames()
	if len(names) != len(want) {
		t.Fatalf("names %q", names)
	}
	for i, name := range names {
		s, err := ParseSchedule(name)
		if got := fmt.Sprint(name, " ", s); err != nil || got != want[i] || checkSchedule(s) != nil {
			t.Errorf("%q, %v; want %q", got, err, want[i])
		}
	}
	for s, want := range map[fmt.Stringer]string{
		Linear{To: 0.1}:       "linear(from 1 to 0.1 over 1 of the steps)",
		Polynomial{Over: 0.5}: "polynomial(power 2 over 0.5 of the steps)",
	} {
		if s.String() != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
	if s := (MultiStep{At: []int{3, 7}}).String(); s != "multi_step(after epochs [3 7], γ 0.1)" {
		t.Errorf("%q", s)
	}
	_, err := ParseSchedule("sine")
	if err == nil || !strings.Contains(err.Error(), `"sine"`) || !strings.Contains(err.Error(), "exponential, cosine") {
		t.Errorf("error %v", err)
	}
}
