# Go, for the programs that libcoord is measured against. Only `./dev bench` needs it.

go=""
go_wanted=1.22

go_is_new_enough() { # <go program>
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    [[ $(printf '%s\n' "$go_wanted" "${version#go}" | sort -V | head -n 1) == "$go_wanted" ]]
}

# Sets $go. Where there is no Go that is new enough, Debian's older one fetches a newer toolchain, which is a module like any other.
need_go() {
    local one
    for one in "$(command -v go || true)" /usr/local/go/bin/go build/go/toolchain/bin/go; do
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
    local version cache=$PWD/build/go/mod
    version=v0.0.1-go1.22.12.linux-$(dpkg --print-architecture)
    step "fetch Go $go_wanted" env GOMODCACHE="$cache" GOFLAGS=-modcacherw \
        go mod download "golang.org/toolchain@$version"
    local fetched=$cache/golang.org/toolchain@$version
    chmod +x "$fetched"/bin/* "$fetched"/pkg/tool/*/*
    ln -sfn "$fetched" build/go/toolchain
    go_is_new_enough build/go/toolchain/bin/go || die 69 "the Go toolchain in $fetched does not run"
}
