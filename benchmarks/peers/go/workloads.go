package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/mailgun/groupcache/v2"
)

var groups int

// A group whose loader gives the same value for every key; the sink copies it.
func newGroup(valueBytes int, room int64) *groupcache.Group {
	value := make([]byte, valueBytes)
	for i := range value {
		value[i] = byte(i)
	}
	groups++
	return groupcache.NewGroup(fmt.Sprintf("bench-%d", groups), room,
		groupcache.GetterFunc(func(_ context.Context, _ string, dest groupcache.Sink) error {
			return dest.SetBytes(value, time.Time{})
		}))
}

// Room for that many entries; here keys and values are all that counts.
func roomFor(entries, valueBytes int) int64 { return int64(entries) * int64(keyBytes+valueBytes) }

// Gets one key and looks at its value's first and last byte.
func touch(group *groupcache.Group, key string) (uint64, error) {
	var view groupcache.ByteView
	if err := group.Get(context.Background(), key, groupcache.ByteViewSink(&view)); err != nil {
		return 0, err
	}
	return uint64(view.At(0)) + uint64(view.At(view.Len()-1)), nil
}

func memory(wanted settings) (result, error) {
	group := newGroup(wanted.valueBytes, 1<<30)
	runtime.GC()
	debug.FreeOSMemory()
	before := residentBytes()
	for i := 0; i < wanted.items; i++ {
		if _, err := touch(group, keyOf(uint64(i))); err != nil {
			return nil, err
		}
	}
	unforced := residentBytes()
	runtime.GC()
	debug.FreeOSMemory()
	after := residentBytes()
	stats := group.CacheStats(groupcache.MainCache)
	if stats.Items != int64(wanted.items) {
		return nil, fmt.Errorf("%d items are kept, not %d", stats.Items, wanted.items)
	}
	items := float64(wanted.items)
	return result{
		"bytes_per_entry":          float64(after-before) / items,
		"bytes_per_entry_unforced": float64(unforced-before) / items,
		"bytes_per_entry_counted":  float64(stats.Bytes) / items,
	}, nil
}

// Runs work on every thread at once, and measures from the first to the last.
func onThreads(threads int, work func(thread int) (operations, sum uint64, err error)) (result, error) {
	type outcome struct {
		operations, sum uint64
		err             error
	}
	outcomes := make([]outcome, threads)
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for thread := 0; thread < threads; thread++ {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-begin
			one := &outcomes[thread]
			one.operations, one.sum, one.err = work(thread)
		}()
	}
	ready.Wait()
	processor, started := processorTime(), time.Now()
	close(begin)
	done.Wait()
	elapsed, used := time.Since(started), processorTime()-processor
	var all outcome
	for _, one := range outcomes {
		if one.err != nil {
			return nil, one.err
		}
		all.operations += one.operations
		all.sum += one.sum
	}
	return result{
		"operations": float64(all.operations), "nanoseconds": float64(elapsed.Nanoseconds()),
		"processor_nanoseconds": float64(used.Nanoseconds()), "checksum": float64(all.sum),
	}, nil
}

func hit(wanted settings) (result, error) {
	group := newGroup(wanted.valueBytes, 2*roomFor(wanted.items, wanted.valueBytes))
	keys := makeKeys(0, wanted.items)
	for _, key := range keys {
		if _, err := touch(group, key); err != nil {
			return nil, err
		}
	}
	orders := make([][]uint32, wanted.threads)
	for thread := range orders {
		orders[thread] = makeOrder(wanted, uint64(thread)+1)
	}
	runtime.GC()
	round := func(long time.Duration) (result, error) {
		return onThreads(wanted.threads, func(thread int) (operations, sum uint64, err error) {
			order, at := orders[thread], 0
			for until := time.Now().Add(long); time.Now().Before(until); {
				for step := 0; step < 256; step++ {
					got, err := touch(group, keys[order[at]])
					if err != nil {
						return 0, 0, err
					}
					sum += got
					at = (at + 1) % orderLength
				}
				operations += 256
			}
			return operations, sum, nil
		})
	}
	long := time.Duration(wanted.milliseconds) * time.Millisecond
	if _, err := round(long / 4); err != nil { // warms up
		return nil, err
	}
	measured, err := round(long)
	if loads := group.Stats.Loads.Get(); err == nil && loads != int64(wanted.items) {
		err = fmt.Errorf("%d loads for %d keys: these were not all hits", loads, wanted.items)
	}
	return measured, err
}

func miss(wanted settings) (result, error) {
	room := 2 * roomFor(wanted.items, wanted.valueBytes)
	if wanted.room > 0 {
		room = roomFor(wanted.room, wanted.valueBytes)
	}
	share := (wanted.items + wanted.threads - 1) / wanted.threads
	keys := make([][]string, wanted.threads)
	total := result{}
	for repeat := 0; repeat < repeatsOfMiss(wanted.items); repeat++ {
		group := newGroup(wanted.valueBytes, room)
		for thread := range keys {
			keys[thread] = makeKeys((repeat*wanted.threads+thread)*share, share)
		}
		runtime.GC()
		measured, err := onThreads(wanted.threads, func(thread int) (operations, sum uint64, err error) {
			for _, key := range keys[thread] {
				got, err := touch(group, key)
				if err != nil {
					return 0, 0, err
				}
				sum += got
			}
			return uint64(len(keys[thread])), sum, nil
		})
		if err != nil {
			return nil, err
		}
		if loads := group.Stats.LocalLoads.Get(); loads != int64(share*wanted.threads) {
			return nil, fmt.Errorf("%d loads for %d fresh keys", loads, share*wanted.threads)
		}
		for name, number := range measured {
			total[name] += number
		}
		total["kept"] = float64(group.CacheStats(groupcache.MainCache).Items)
		groupcache.DeregisterGroup(group.Name())
	}
	return total, nil
}
