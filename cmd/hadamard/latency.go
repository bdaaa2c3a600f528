package main

import (
	"runtime"
	"slices"
	"time"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/layout"
)

// latency is the time that Model.Predict takes for one row.
type latency struct {
	Median float64 // nanoseconds
	P99    float64
	Calls  int    // in a reading of the clock
	Allocs uint64 // of a call, rounded down
	Level  string
}

// latencyTime is for all readings together. Tests make it shorter.
var latencyTime = 300 * time.Millisecond

const (
	minReading  = 2 * time.Microsecond // many ticks of any clock
	maxReadings = 20_000
)

// measureLatency times single predictions of the rows of x in turn, all on this
// goroutine. What reading the clock itself takes is measured and taken off;
// calls too short for a reading are timed several at a time.
func measureLatency(m *ffnn.Model, x layout.Matrix) *latency {
	dst := make([]float32, m.Outputs())
	next := 0
	predict := func(calls int) time.Duration {
		begin := time.Now()
		for range calls {
			m.Predict(dst, x.Row(next))
			if next++; next == x.Rows {
				next = 0
			}
		}
		return time.Since(begin)
	}

	calls := 1
	for end := time.Now().Add(latencyTime / 10); time.Now().Before(end); {
		if predict(calls) < minReading {
			calls *= 2
		}
	}
	readings := make([]float64, 0, maxReadings)
	for end := time.Now().Add(latencyTime); len(readings) < maxReadings && (len(readings) < 10 || time.Now().Before(end)); {
		readings = append(readings, float64(predict(calls)))
	}
	clock := clockCost()
	for i := range readings {
		readings[i] = max(readings[i]-clock, 0) / float64(calls)
	}
	slices.Sort(readings)
	n := len(readings)
	return &latency{
		Median: readings[n/2], P99: readings[min(n*99/100, n-1)], Calls: calls,
		Allocs: countAllocs(predict, readings[n/2]), Level: hadamard.Info().Level,
	}
}

// clockCost returns the median time, in nanoseconds, between two readings of
// the clock with nothing between.
func clockCost() float64 {
	var costs [1000]float64
	for i := range costs {
		begin := time.Now()
		costs[i] = float64(time.Since(begin))
	}
	slices.Sort(costs[:])
	return costs[len(costs)/2]
}

// countAllocs returns the allocations of a prediction, which takes so many
// nanoseconds. It rounds down, so that those of the runtime in the background
// do not count.
func countAllocs(predict func(calls int) time.Duration, median float64) uint64 {
	calls := int(min(max(float64(latencyTime)/(median+1), 10), 1000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	predict(calls)
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / uint64(calls)
}
