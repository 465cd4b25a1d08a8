module libcoord/benchmarks/peers

go 1.22

require github.com/mailgun/groupcache/v2 v2.6.0
