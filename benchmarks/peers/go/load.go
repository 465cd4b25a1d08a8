package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"syscall"
	"time"
)

const (
	keyBytes    = 16
	orderLength = 1 << 18 // gets before the order of keys repeats
	skew        = 0.99
)

func mix(x uint64) uint64 { // splitmix64: a different number for every number
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func keyOf(i uint64) string {
	const digits = "0123456789abcdef"
	var key [keyBytes]byte
	for at, x := 0, mix(i); at < keyBytes; at, x = at+1, x>>4 {
		key[at] = digits[x&15]
	}
	return string(key[:])
}

// Keys that lie next to each other in memory.
func makeKeys(first, count int) []string {
	var all strings.Builder
	all.Grow(count * keyBytes)
	for i := 0; i < count; i++ {
		all.WriteString(keyOf(uint64(first + i)))
	}
	keys := make([]string, count)
	for i := range keys {
		keys[i] = all.String()[i*keyBytes : (i+1)*keyBytes]
	}
	return keys
}

// The keys to get, one after the other.
func makeOrder(wanted settings, seed uint64) []uint32 {
	var sums []float64
	if wanted.zipf {
		sum := 0.0
		for rank := 1; rank <= wanted.items; rank++ {
			sum += math.Pow(float64(rank), -skew)
			sums = append(sums, sum)
		}
	}
	order := make([]uint32, orderLength)
	for i := range order {
		random := mix(seed<<32 + uint64(i))
		if !wanted.zipf {
			order[i] = uint32(random % uint64(wanted.items))
			continue
		}
		rank := sort.SearchFloat64s(sums, float64(random>>11)/(1<<53)*sums[len(sums)-1])
		order[i] = uint32(uint64(rank) * 2_654_435_761 % uint64(wanted.items)) // popular keys are not neighbours
	}
	return order
}

// Few keys are soon loaded: as many fresh groups as give 200,000 loads.
func repeatsOfMiss(items int) int { return max(1, 200_000/items) }

func residentBytes() int64 {
	file, err := os.Open("/proc/self/smaps_rollup")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kibibytes int64
		if _, err := fmt.Sscanf(lines.Text(), "Rss: %d kB", &kibibytes); err == nil {
			return kibibytes << 10
		}
	}
	panic("no Rss in smaps_rollup")
}

func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
