// The Go side of the comparison: mailgun's groupcache under the workloads of benchmarks/peers/coord.
//
// One workload a process (two for peer_get); settings are name=value arguments; the result is one line of JSON. Both sides
// must do the same work, so a change here belongs into the C++ program as well.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

type settings struct {
	items        int  // keys
	valueBytes   int  // bytes per value
	threads      int  // callers at once
	zipf         bool // some keys far more often than others, else all alike
	milliseconds int  // how long hits are measured
	room         int  // entries the cache has room for; 0 = all
	inFlight     int  // gets of a peer at once
}

type result map[string]float64

var workloads = map[string]func(settings) (result, error){
	"memory":   memory,
	"hit":      hit,
	"miss":     miss,
	"peer_get": peerGet,
}

func parse(arguments []string) (settings, error) {
	wanted := settings{items: 100_000, valueBytes: 256, threads: 1, milliseconds: 500, inFlight: 1}
	numbers := map[string]*int{
		"items": &wanted.items, "value_bytes": &wanted.valueBytes, "threads": &wanted.threads,
		"milliseconds": &wanted.milliseconds, "room": &wanted.room, "in_flight": &wanted.inFlight,
	}
	for _, argument := range arguments {
		name, text, _ := strings.Cut(argument, "=")
		if name == "keys" && (text == "uniform" || text == "zipf") {
			wanted.zipf = text == "zipf"
			continue
		}
		if name == "callers" { // threads or a queue: here it is goroutines either way
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil || numbers[name] == nil || number < 0 {
			return wanted, fmt.Errorf("what is %q?", argument)
		}
		*numbers[name] = number
	}
	if wanted.items == 0 || wanted.threads == 0 || wanted.valueBytes == 0 || wanted.inFlight == 0 {
		return wanted, fmt.Errorf("items, threads, value_bytes and in_flight must not be 0")
	}
	return wanted, nil
}

func run(arguments []string) error {
	if len(arguments) == 0 || workloads[arguments[0]] == nil && arguments[0] != "own" {
		return fmt.Errorf("usage: mailgun_peer memory|hit|miss|peer_get [name=value ...]")
	}
	wanted, err := parse(arguments[1:])
	if err != nil {
		return err
	}
	if arguments[0] == "own" {
		return own(wanted)
	}
	measured, err := workloads[arguments[0]](wanted)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(measured)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
