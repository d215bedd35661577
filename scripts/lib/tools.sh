# Installs what the checks and benchmarks use, pinned, into $cache. Sourced, not run; each function says what it sets.
# shellcheck shell=bash

cargo_deny_version=0.20.2
actionlint_version=1.7.12

# rust-toolchain.toml names a version. Where rustup has that version under the name `stable` alone, it is taken from there
# instead of being downloaded again.
use_installed_rust() {
    local pinned
    if [[ -n ${RUSTUP_TOOLCHAIN:-} ]] || ! command -v rustup >/dev/null; then return; fi
    pinned=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
    if rustup toolchain list | grep -q "^$pinned"; then return; fi
    if [[ $(RUSTUP_AUTO_INSTALL=0 rustc +stable --version 2>/dev/null) == "rustc $pinned "* ]]; then export RUSTUP_TOOLCHAIN=stable; fi
}

# A note on how long an installation took, as installations are most of a first run.
installing() {
    local what=$1 began=$SECONDS
    shift
    printf 'installing %s … ' "$what"
    if "$@" >"$logs/install.log" 2>&1 </dev/null; then
        printf '(%d s)\n' $((SECONDS - began))
    else
        printf 'FAILED\n' >&2
        tail -n 40 "$logs/install.log" >&2
        exit 1
    fi
}

# Debian packages, for a command that is missing.
apt_install() {
    local sudo=()
    if [[ $(id -u) -ne 0 ]]; then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            echo "missing, and this user may not install it: apt-get install $*" >&2
            exit 1
        fi
        sudo=(sudo -n)
    fi
    installing "$*" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update && apt-get install --yes --no-install-recommends "$@"' sh "$@"
}

# Sets $environment: a Python environment with the packages of the given requirements file, made when the file has changed.
need_environment() {
    local name=$1 requirements=$2
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then apt_install python3 python3-venv; fi
    environment=$cache/$name-$(cat "$requirements" <(python3 --version) | sha256sum | cut -c1-12)
    if [[ ! -f $environment/complete ]]; then
        installing "Python packages of $requirements" sh -c \
            'python3 -m venv --clear "$1" && "$1/bin/pip" install --quiet --requirement "$2" && touch "$1/complete"' \
            sh "$environment" "$requirements"
    fi
}

# Sets $python: an interpreter with the packages of tests/requirements.txt.
need_python() {
    need_environment python tests/requirements.txt
    python=$environment/bin/python
}

# Sets $cfn_python, with cfn-lint and Guard, and $checkov.
need_cfn() {
    need_environment cfn tests/cfn/requirements.txt
    cfn_python=$environment/bin/python
    need_environment checkov tests/cfn/requirements-checkov.txt
    checkov=$environment/bin/checkov
}

# Sets $aws_python and $ministack, an emulator of AWS. Tests of the workspace ask for it side by side, hence the lock.
need_aws() {
    exec {aws_lock}>"$cache/aws.lock"
    flock "$aws_lock"
    need_environment aws tests/aws/requirements.txt
    exec {aws_lock}>&-
    aws_python=$environment/bin/python
    ministack=$environment/bin/ministack
}

# Sets $workflow_tools, a folder with check-jsonschema and zizmor, and $actionlint, which is empty without Go.
need_workflow_tools() {
    need_environment workflows tests/workflows/requirements.txt
    workflow_tools=$environment/bin
    local folder=$cache/actionlint-$actionlint_version
    actionlint=$folder/actionlint
    if [[ -x $actionlint ]]; then return; fi
    if ! command -v go >/dev/null || ! env GOBIN="$folder" GOFLAGS=-mod=mod \
        go install "github.com/rhysd/actionlint/cmd/actionlint@v$actionlint_version" >"$logs/install.log" 2>&1; then
        actionlint=
    fi
}

# Sets $cargo_deny.
need_cargo_deny() {
    local root=$cache/cargo-deny-$cargo_deny_version
    cargo_deny=$root/bin/cargo-deny
    if [[ ! -x $cargo_deny ]]; then
        # It runs for a second: what counts is how fast it is built.
        installing "cargo-deny" env CARGO_TARGET_DIR="$cache/cargo-deny-build" CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
            CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_DEBUG=0 \
            cargo install --quiet --locked --root "$root" --version "$cargo_deny_version" cargo-deny
        rm -rf "$cache/cargo-deny-build"
    fi
}

# Makes sure of a browser, and of letters for the page's three languages.
need_chromium() {
    if [[ -n ${CHROMIUM:-} ]] || command -v chromium chromium-browser >/dev/null; then return; fi
    apt_install chromium fonts-noto-cjk
}

# Sets $browser_python, with Playwright, which drives that browser.
need_browser() {
    need_environment browser tests/browser/requirements.txt
    browser_python=$environment/bin/python
    need_chromium
}

# Makes sure of a JDK that Trino runs on, and of Maven, which fetches it.
need_java() {
    local packages=()
    if ! command -v javac >/dev/null; then
        if apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1; then
            packages+=(openjdk-17-jdk-headless)
        else
            packages+=(default-jdk-headless)
        fi
    fi
    if ! command -v mvn >/dev/null; then packages+=(maven); fi
    if [[ ${#packages[@]} -gt 0 ]]; then apt_install "${packages[@]}"; fi
}
