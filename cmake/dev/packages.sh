# Debian packages: what a verb needs is looked up, and apt is asked only when something is missing.

may_install=yes
package_list=cmake/apt-packages.txt

packages_of() { # <section...>
    awk -v wanted=" $* " '
        /^\[/ { section = substr($0, 2, length($0) - 2); next }
        /^[^#]/ && index(wanted, " " section " ") { print $1 }' "$package_list"
}

is_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@"; }

# Prints what apt would do. Without package lists, or with stale ones, they are fetched first, once.
simulate() {
    local text
    if text=$(LC_ALL=C apt-get install --simulate --no-install-recommends "$@" 2>&1); then
        printf '%s\n' "$text"
        return
    fi
    step "fetch the package lists" apt_get update >&2
    LC_ALL=C apt-get install --simulate --no-install-recommends "$@" 2>&1
}

# need_packages <section...>: makes sure that everything these sections list is installed.
need_packages() {
    local package missing=() plan
    if ! command -v dpkg-query >/dev/null; then
        say "==> this is no Debian: the packages of $package_list ($*) are up to you"
        return
    fi
    for package in $(packages_of "$@"); do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    local by_hand="apt-get install --no-install-recommends ${missing[*]}"
    if [[ $may_install == no ]] || { ((EUID != 0)) && ! command -v sudo >/dev/null; }; then
        printf './dev: these packages are missing; as root, type\n    %s\n' "$by_hand" >&2
        exit 69
    fi
    say "==> install ${missing[*]}"
    if ! plan=$(simulate "${missing[@]}"); then
        printf '%s\n' "$plan" >&2
        die 69 "apt cannot install them; nothing was changed"
    fi
    if grep -q '^Remv ' <<<"$plan"; then
        printf '%s\n' "$plan" >&2
        die 69 "apt would remove packages to install these; nothing was changed"
    fi
    step "apt-get install" apt_get install -y --no-remove --no-install-recommends "${missing[@]}"
}

need_python() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null ||
        die 69 "python3 must be 3.9 or later; found: $(python3 --version 2>&1 || true)"
}
