// A groupcache node for tests/interop: mailgun's library on default settings, driven by lines on stdin.
//
//	usage: interop_go <name> <group>...
//
// It listens on a port of the system's choice and says so in its first line. Each line it reads is a
// command in words, each line it writes one JSON object. Keys are hex digits behind an 'x', so that
// every key is a word. tests/interop/node.cpp speaks the same.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mailgun/groupcache/v2"
)

type node struct {
	self   string
	pool   *groupcache.HTTPPool
	groups map[string]*groupcache.Group
	loads  loads
}

type reply map[string]any

func failed(why error) reply { return reply{"ok": false, "status": "failed", "message": why.Error()} }

func (n *node) command(words []string) (reply, error) {
	switch words[0] {
	case "peers":
		n.pool.Set(strings.Split(words[1], ",")...)
		return reply{"ok": true}, nil
	case "loads":
		return reply{"ok": true, "loads": n.loads.counts()}, nil
	case "owner":
		key, err := keyOf(words[1])
		return reply{"ok": true, "owner": n.owner(key)}, err
	}
	group := n.groups[words[1]]
	if group == nil {
		return nil, fmt.Errorf("there is no group %q", words[1])
	}
	keys, err := keysOf(words[2:min(len(words), keysEnd(words))])
	if err != nil {
		return nil, err
	}
	switch words[0] {
	case "get":
		return get(group, keys[0]), nil
	case "get_all":
		return reply{"ok": true, "answers": getAll(group, keys)}, nil
	case "set", "set_hot":
		if err := group.Set(context.Background(), keys[0], []byte(keys[1]), expiry(words), words[0] == "set_hot"); err != nil {
			return failed(err), nil
		}
		return reply{"ok": true}, nil
	case "remove":
		if err := group.Remove(context.Background(), keys[0]); err != nil {
			return failed(err), nil
		}
		return reply{"ok": true}, nil
	}
	return nil, fmt.Errorf("what is %q?", words[0])
}

// A set has a key, a value written like one, and maybe the instant of its expiry.
func keysEnd(words []string) int {
	if strings.HasPrefix(words[0], "set") {
		return 4
	}
	return len(words)
}

func expiry(words []string) time.Time {
	if len(words) < 5 {
		return time.Time{}
	}
	ns, _ := strconv.ParseInt(words[4], 10, 64)
	return time.Unix(0, ns)
}

func (n *node) owner(key string) string {
	peer, remote := n.pool.PickPeer(key)
	if !remote {
		return n.self
	}
	return strings.TrimSuffix(peer.GetURL(), "/_groupcache/")
}

// All at once.
func getAll(group *groupcache.Group, keys []string) []reply {
	answers := make([]reply, len(keys))
	var done sync.WaitGroup
	for i, key := range keys {
		done.Add(1)
		go func() {
			defer done.Done()
			answers[i] = get(group, key)
		}()
	}
	done.Wait()
	return answers
}

func (n *node) serve(name string, groups []string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	n.self = "http://" + listener.Addr().String()
	n.pool = groupcache.NewHTTPPoolOpts(n.self, &groupcache.HTTPPoolOptions{})
	n.groups = map[string]*groupcache.Group{}
	for _, group := range groups {
		n.groups[group] = groupcache.NewGroup(group, 64<<20, n.loads.loader(name, group))
	}
	// Without a mux, which would redirect keys with dots or double slashes.
	go func() { _ = http.Serve(listener, n.pool) }()
	return nil
}

func run(arguments []string) error {
	if len(arguments) < 2 {
		return fmt.Errorf("usage: interop_go <name> <group>...")
	}
	here := node{loads: loads{byEntry: map[string]int{}}}
	if err := here.serve(arguments[0], arguments[1:]); err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(reply{"ok": true, "url": here.self}); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		answer, err := here.command(strings.Fields(lines.Text()))
		if err != nil {
			return err
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
