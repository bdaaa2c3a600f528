package hadamard

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/hadamard-go/hadamard/layout"
)

// Kernels do not hold up a garbage collection: while one goroutine multiplies
// large matrices, the world stops soon. Assembly without a preemption point held
// it up for seconds; a bound of that size is no timing assertion.
func TestStopTheWorld(t *testing.T) {
	n := 2048
	if testing.Short() || len(Levels()) == 1 {
		n = 256
	}
	eachLevel(t, func(t *testing.T) {
		n := n
		if level == LevelGo {
			n = 256
		}
		x, y, w := layout.NewMatrix(n, n), layout.NewMatrix(n, n), layout.NewMatrix(n, n)
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				default:
					Gemm(y, x, w, 0)
				}
			}
		}()
		var delays []time.Duration
		var m runtime.MemStats
		for range 40 {
			time.Sleep(time.Millisecond)
			start := time.Now()
			runtime.ReadMemStats(&m)
			delays = append(delays, time.Since(start))
		}
		close(stop)
		<-done
		slices.Sort(delays)
		t.Logf("the world stops after %v (median), at most %v", delays[len(delays)/2], delays[len(delays)-1])
		if m := delays[len(delays)/2]; m > 20*time.Millisecond {
			t.Errorf("the world stops after %v (median)", m)
		}
	})
}
