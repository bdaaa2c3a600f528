package hadamard

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"time"
)

// team does the parts of one task at a time on several cores.
//
// A task is published as the set of its parts, a word with a bit each. Whoever
// clears a bit does that part: the goroutine that brought the task, or one of
// the workers, goroutines that are started when they are first worth it and then
// stay. A late worker that compares and swaps the word of one task, and so gets a
// part of the next, does no harm: it reads the task only after it has got the
// part. So nothing waits for a worker that has not begun; the caller does all
// parts that are left and then waits for those that others have begun.
type team struct {
	free atomic.Uint64 // the parts that nobody has begun
	_    [56]byte      // what different cores write lies on different cache lines
	left atomic.Int32  // the parts that are not done, and asleep
	_    [60]byte

	parked atomic.Int32  // workers that wait for a token which nobody has sent yet
	wake   chan struct{} // wakes one of them
	done   chan struct{} // wakes the caller: no part is left

	busy    atomic.Bool // the rest belongs to the goroutine that set it
	workers int         // that were started
	missed  int         // ns of work that was done with too few members, since some were last woken
	task    task        // and to a worker, from when it gets a part until it has done it
}

// maxTeam bounds the members of a team, its caller being one, and the parts of a
// task.
const maxTeam = 64

// asleep is added to left while the caller sleeps.
const asleep = 1 << 16

// A goroutine that spins notices what another core writes in a tenth of a
// microsecond; one that sleeps takes 10 to 100 µs to wake. So members spin for as
// long as the next layer of a network may be about to come, and then sleep, and
// are woken when the work would have been worth it.
const (
	spinFor  = 50 * time.Microsecond
	spins    = 1024   // loads between two looks at the clock: about a microsecond
	wakeCost = 50_000 // ns
)

// crew is the team of all calls. A goroutine that finds it busy works alone: the
// bits are the same.
var crew = team{wake: make(chan struct{}, maxTeam), done: make(chan struct{}, 1)}

// enter takes the team for a task of so many nanoseconds of work, and returns
// how many members there will be, at most want, and whether some must be woken.
// With fewer than two, the team is not taken.
func (t *team) enter(want, work int) (members int, wake bool) {
	if t.busy.Load() || !t.busy.CompareAndSwap(false, true) {
		return 1, false
	}
	members = min(t.awake()+1, want)
	if members < want {
		if t.missed += work; t.missed >= wakeCost {
			t.missed = 0
			return want, true
		}
	}
	if members < 2 {
		t.busy.Store(false)
	}
	return members, work >= wakeCost
}

// awake returns how many workers spin or work, or will so soon.
func (t *team) awake() int { return t.workers - int(t.parked.Load()) }

// run does t.task in so many parts. The goroutine has entered the team, and
// leaves it here.
func (t *team) run(parts, members int, wake bool) {
	t.left.Store(int32(parts))
	t.free.Store(1<<parts - 1) // all ones for 64
	defer t.leave()
	for {
		if wake {
			t.call(members - 1)
		}
		part, ok := t.take(0)
		if !ok {
			return
		}
		t.left.Add(-1)
		t.task.do(part)
	}
}

// call wakes or starts workers until so many are awake, or one for each part but
// one that nobody has begun.
func (t *team) call(workers int) {
	need := min(workers-t.awake(), bits.OnesCount64(t.free.Load())-1)
	for ; need > 0; need-- {
		p := t.parked.Load()
		for p > 0 && !t.parked.CompareAndSwap(p, p-1) {
			p = t.parked.Load()
		}
		if p > 0 {
			t.wake <- struct{}{} // there is room for a token for each worker
			continue
		}
		t.workers++
		go t.work(t.workers)
	}
}

// take takes a part: that of the given number, or the next in turn, so that a
// member who does the same task again finds the same memory in its caches.
func (t *team) take(first int) (part int, ok bool) {
	for {
		free := t.free.Load()
		if free == 0 {
			return 0, false
		}
		part = (first + bits.TrailingZeros64(bits.RotateLeft64(free, -first))) % maxTeam
		if t.free.CompareAndSwap(free, free&^(1<<part)) {
			return part, true
		}
	}
}

// leave waits until all parts are done, and gives the team back.
func (t *team) leave() {
	if t.free.Load() != 0 { // one has panicked
		t.left.Add(-int32(bits.OnesCount64(t.free.Swap(0))))
	}
	t.wait()
	t.task = task{} // and keeps no memory of others alive
	t.busy.Store(false)
}

// wait returns when no part is left.
func (t *team) wait() {
	for range spins {
		if t.left.Load() == 0 {
			return
		}
	}
	for start := time.Now(); time.Since(start) < spinFor; {
		for range spins {
			if t.left.Load() == 0 {
				return
			}
		}
	}
	if t.left.Add(asleep) != asleep {
		<-t.done
	}
	t.left.Add(-asleep)
}

// work is the life of a worker.
func (t *team) work(id int) {
	for {
		// The scheduler gets the thread back every few microseconds: others may
		// need it.
		for idle := time.Now(); time.Since(idle) < spinFor; runtime.Gosched() {
			for range spins {
				part, ok := t.take(id)
				if !ok {
					continue
				}
				t.task.do(part)
				if t.left.Add(-1) == asleep {
					t.done <- struct{}{}
				}
				idle = time.Now()
			}
		}
		t.parked.Add(1)
		<-t.wake
	}
}
