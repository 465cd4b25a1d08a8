package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/mailgun/groupcache/v2"
)

const groupName = "bench"

// As many kept connections as requests, where the default keeps two.
func tunedTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = 0
	transport.MaxIdleConnsPerHost = 1024
	return transport
}

// Loads and keeps every key, until its standard input ends.
func own(wanted settings) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	self := "http://" + listener.Addr().String()
	pool := groupcache.NewHTTPPoolOpts(self, &groupcache.HTTPPoolOptions{})
	pool.Set(self)
	value := make([]byte, wanted.valueBytes)
	for i := range value {
		value[i] = byte(i)
	}
	groupcache.NewGroup(groupName, 1<<30,
		groupcache.GetterFunc(func(_ context.Context, _ string, dest groupcache.Sink) error {
			return dest.SetBytes(value, time.Time{})
		}))
	go func() { _ = http.Serve(listener, pool) }()
	fmt.Println(self)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// The other process of a peer get: this program once more.
type ownerProcess struct {
	command *exec.Cmd
	input   io.WriteCloser
	url     string
}

func startOwner(wanted settings) (*ownerProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	owner := &ownerProcess{command: exec.Command(self, "own", fmt.Sprintf("value_bytes=%d", wanted.valueBytes))}
	owner.command.Stderr = os.Stderr
	if owner.input, err = owner.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := owner.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err = owner.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	owner.url = strings.TrimSpace(line)
	return owner, err
}

func (o *ownerProcess) end() error {
	o.input.Close()
	return o.command.Wait()
}

// What it used of the processors since it began: the clock of another process, as clock_getcpuclockid names it.
func (o *ownerProcess) processorTime() time.Duration {
	const scheduled = 2
	clock := ^uintptr(o.command.Process.Pid)<<3 | scheduled
	var used syscall.Timespec
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&used)), 0); failed != 0 {
		panic(failed)
	}
	return time.Duration(used.Nano())
}

// Keeps nothing and loads nothing: every get goes to the owner.
func newRequester(owner string) *groupcache.Group {
	transport := tunedTransport()
	pool := groupcache.NewHTTPPoolOpts("http://127.0.0.1:1", &groupcache.HTTPPoolOptions{
		Transport: func(context.Context) http.RoundTripper { return transport },
	})
	pool.Set(owner)
	return groupcache.NewGroup(groupName, 0,
		groupcache.GetterFunc(func(context.Context, string, groupcache.Sink) error {
			return errors.New("nothing is loaded here")
		}))
}

// A goroutine for each get. Gives how many ended.
func getMany(group *groupcache.Group, keys []string, wanted settings, long time.Duration) (float64, error) {
	var ended, sum atomic.Uint64
	var failed error
	var once sync.Once
	var done sync.WaitGroup
	until := time.Now().Add(long)
	for first := 0; first < wanted.inFlight; first++ {
		done.Add(1)
		go func() {
			defer done.Done()
			mine := uint64(0)
			for at := first; time.Now().Before(until); at += wanted.inFlight {
				got, err := touch(group, keys[at%len(keys)])
				if err != nil {
					once.Do(func() { failed = err })
					return
				}
				sum.Add(got)
				mine++
			}
			ended.Add(mine)
		}()
	}
	done.Wait()
	return float64(ended.Load()), failed
}

func peerGet(wanted settings) (result, error) {
	owner, err := startOwner(wanted)
	if err != nil {
		return nil, err
	}
	group := newRequester(owner.url)
	// A multiple, so that no key is asked for twice at a time.
	keys := makeKeys(0, (wanted.items/wanted.inFlight+1)*wanted.inFlight)
	long := time.Duration(wanted.milliseconds) * time.Millisecond
	if _, err := getMany(group, keys, wanted, long/4); err != nil { // warms up
		return nil, err
	}
	before := group.Stats.PeerLoads.Get()
	mine, others, started := processorTime(), owner.processorTime(), time.Now()
	operations, err := getMany(group, keys, wanted, long)
	if err != nil {
		return nil, err
	}
	elapsed, mineUsed, othersUsed := time.Since(started), processorTime()-mine, owner.processorTime()-others
	if sent := group.Stats.PeerLoads.Get() - before; float64(sent) != operations {
		return nil, fmt.Errorf("%d requests for %.0f gets", sent, operations)
	}
	return result{
		"operations": operations, "nanoseconds": float64(elapsed.Nanoseconds()),
		"processor_nanoseconds": float64((mineUsed + othersUsed).Nanoseconds()),
		"requester_nanoseconds": float64(mineUsed.Nanoseconds()),
		"owner_nanoseconds":     float64(othersUsed.Nanoseconds()),
	}, owner.end()
}
