# Go, for the programs that libcoord is tested with and measured against: `./dev test` and `./dev bench` need it.

go=""
go_wanted=1.22

go_is_new_enough() { # <go program>
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    [[ $(printf '%s\n' "$go_wanted" "${version#go}" | sort -V | head -n 1) == "$go_wanted" ]]
}

# Modules and objects stay in build/, where `rm -r` can remove them.
keep_go_in_build() {
    export GOTOOLCHAIN=local GOFLAGS="-modcacherw -buildvcs=false -trimpath"
    export GOPATH=$PWD/build/go GOMODCACHE=$PWD/build/go/mod GOCACHE=$PWD/build/go/cache
}

# Sets $go. Where there is no Go that is new enough, Debian's older one fetches a newer toolchain, which is a module like any other.
need_go() {
    local one
    need_packages modules
    keep_go_in_build
    for one in "$(command -v go || true)" /usr/local/go/bin/go "$PWD/build/go/toolchain/bin/go"; do
        if [[ -n $one ]] && go_is_new_enough "$one"; then
            go=$one
            return
        fi
    done
    need_packages go
    fetch_go
    go=$PWD/build/go/toolchain/bin/go
}

fetch_go() {
    local version=v0.0.1-go1.22.12.linux-$(dpkg --print-architecture)
    step "fetch Go $go_wanted" go mod download "golang.org/toolchain@$version"
    local fetched=$GOMODCACHE/golang.org/toolchain@$version
    chmod +x "$fetched"/bin/* "$fetched"/pkg/tool/*/*
    ln -sfn "$fetched" build/go/toolchain
    go_is_new_enough build/go/toolchain/bin/go || die 69 "the Go toolchain in $fetched does not run"
}

# The other half of the ring in tests/interop. Its modules are fetched the first time.
build_go_node() {
    need_go
    step "build the Go node" env -C tests/interop/go "$go" build -o "$PWD/build/go/bin/interop_go" .
}
