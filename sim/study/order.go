package study

import (
	"context"
	"errors"
	"sync"
)

// window is how many pieces of work for each goroutine may be under way or wait for an earlier
// one: enough that one slow piece keeps nobody from working.
const window = 16

// inOrder works on pieces 0 to n-1 with several goroutines and delivers what comes of each in
// their order; ended is told of each in the order in which they end. Deliver and ended are
// called by one goroutine at a time. The first error, of the earliest piece that has one,
// stops the work; when the context ends, its cause is returned, and what was ready in order has
// been delivered.
func inOrder[T any](ctx context.Context, n, workers int, work func(ctx context.Context, i int) (T, error), deliver func(i int, out T) error, ended func()) error {
	type piece struct {
		i   int
		out T
		err error
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers = max(1, min(workers, n))
	tickets := make(chan struct{}, window*workers)
	starts := make(chan int)
	finished := make(chan piece, workers)
	go func() {
		defer close(starts)
		for i := range n {
			select {
			case tickets <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case starts <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for i := range starts {
				out, err := work(ctx, i)
				finished <- piece{i, out, err}
			}
		})
	}
	go func() {
		running.Wait()
		close(finished)
	}()
	waiting := map[int]piece{}
	next, first := 0, n
	var failed error
	for p := range finished {
		if p.err != nil {
			interrupted := ctx.Err() != nil && (errors.Is(p.err, ctx.Err()) || errors.Is(p.err, context.Cause(ctx)))
			if !interrupted && p.i < first {
				first, failed = p.i, p.err
				stop(p.err)
			}
			continue
		}
		waiting[p.i] = p
		ended()
		for ; failed == nil; next++ {
			p, ready := waiting[next]
			if !ready {
				break
			}
			delete(waiting, next)
			if failed = deliver(p.i, p.out); failed != nil {
				first = -1
				stop(failed)
			}
			<-tickets
		}
	}
	if failed == nil && next < n {
		failed = context.Cause(ctx)
	}
	return failed
}
