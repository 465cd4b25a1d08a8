package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mailgun/groupcache/v2"
)

const (
	period    = 1 << 16 // of large values
	headBytes = 256     // of a value, as they stand in an answer
)

func keyOf(word string) (string, error) {
	if !strings.HasPrefix(word, "x") {
		return "", fmt.Errorf("what is the key %q?", word)
	}
	raw, err := hex.DecodeString(word[1:])
	return string(raw), err
}

func keysOf(words []string) ([]string, error) {
	keys := make([]string, len(words))
	for i, word := range words {
		key, err := keyOf(word)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

func get(group *groupcache.Group, key string) reply {
	var view groupcache.ByteView
	if err := group.Get(context.Background(), key, groupcache.ByteViewSink(&view)); err != nil {
		return failure(err)
	}
	var expire int64
	if !view.Expire().IsZero() {
		expire = view.Expire().UnixNano()
	}
	value := view.ByteSlice()
	return reply{"ok": true, "len": len(value), "crc32": crc32.ChecksumIEEE(value), "expire_ns": expire,
		"head": hex.EncodeToString(value[:min(len(value), headBytes)])}
}

// Named as libcoord names these statuses.
func failure(err error) reply {
	status := "unknown"
	switch {
	case errors.Is(err, &groupcache.ErrNotFound{}):
		status = "not_found"
	case errors.Is(err, &groupcache.ErrRemoteCall{}):
		status = "host_failed"
	}
	return reply{"ok": false, "status": status, "message": err.Error()}
}

// How often each key was loaded, by "group xkey".
type loads struct {
	mutex   sync.Mutex
	byEntry map[string]int
}

func (l *loads) counts() map[string]int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return maps.Clone(l.byEntry)
}

func (l *loads) count(group, key string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.byEntry[group+" x"+hex.EncodeToString([]byte(key))]++
}

// The value of a key tells who loaded it. A key that begins with '!' says itself what is to happen.
func (l *loads) loader(name, group string) groupcache.GetterFunc {
	return func(_ context.Context, key string, dest groupcache.Sink) error {
		l.count(group, key)
		value := []byte(name + "|" + key)
		verb, rest, _ := strings.Cut(key, " ")
		word, _, _ := strings.Cut(rest, " ")
		number, _ := strconv.ParseInt(word, 10, 64)
		switch verb {
		case "!missing":
			return &groupcache.ErrNotFound{Msg: rest}
		case "!fail":
			return errors.New(rest)
		case "!size":
			return dest.SetBytes(large(int(number)), time.Time{})
		case "!expire":
			return dest.SetBytes(value, time.Unix(0, number))
		case "!ttl":
			return dest.SetBytes(value, time.Now().Add(time.Duration(number)*time.Millisecond))
		}
		return dest.SetBytes(value, time.Time{})
	}
}

func large(size int) []byte {
	value := make([]byte, size)
	for i := range value {
		at := i % period
		value[i] = byte(at*7 + at>>8)
	}
	return value
}
