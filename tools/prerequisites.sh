# Sourced by ./onnxaudit and ./test. What a build needs, and how a Debian or Ubuntu machine gets it.
# As root the missing packages are installed through apt, said aloud; otherwise the exact command is printed and the launcher stops (exit 4).

say() { printf '%s: %s\n' "${launcher:-onnxaudit}" "$*" >&2; }

stop() {
    say "$*"
    exit 4
}

has_library() {
    local ldconfig=ldconfig
    command -v ldconfig >/dev/null 2>&1 || ldconfig=/sbin/ldconfig
    # Not grep -q: it closes the pipe at the first hit, and under pipefail ldconfig's SIGPIPE would then read as "missing".
    "$ldconfig" -p 2>/dev/null | grep "[[:space:]]$1 " >/dev/null
}

# A need is "test|packages|why": packages are apt names, a slash between the names that different releases give the same thing.
# Required needs stop the launcher when they stay unmet; optional ones warn.
required_needs=(
    "program npm|npm|fetches the default ONNX Runtime library"
    "program node|nodejs|runs npm"
    "library liblz4.so.1|liblz4-1|compresses the columns of a bundle"
    "library libpng16.so.16|libpng16-16t64/libpng16-16|reads PNG images"
    "library libturbojpeg.so.0|libturbojpeg0/libturbojpeg|reads JPEG images"
)
optional_needs=(
    "program cmake|cmake|builds the C++ kernels"
    "program g++|g++|builds the C++ kernels"
    "program make|make|builds the C++ kernels"
)

met() {
    case $1 in
        "program "*) command -v "${1#program }" >/dev/null 2>&1 ;;
        "library "*) has_library "${1#library }" ;;
        "file "*) [ -e "${1#file }" ] ;;
        *) return 1 ;;
    esac
}

# The first of the slash-separated names that apt can install here; the last one when apt knows none.
package_name() {
    local name
    for name in ${1//\// }; do
        if [ -n "$(apt-cache policy "$name" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" {print $2}')" ]; then
            printf '%s' "$name"
            return
        fi
    done
    printf '%s' "$name"
}

check_dotnet() {
    if command -v dotnet >/dev/null 2>&1 && dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null; then return; fi
    if command -v apt-get >/dev/null 2>&1 && [ -n "$(apt-cache policy dotnet-sdk-10.0 2>/dev/null | awk '/Candidate:/ && $2 != "(none)"')" ]; then
        required_needs+=("program dotnet|dotnet-sdk-10.0|builds and runs OnnxAudit")
        return
    fi
    stop "the .NET SDK 10 is missing and this machine's apt does not carry it. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run again."
}

# Runs a command whose hundreds of lines matter only when it fails.
quietly() {
    local log code=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || code=$?
    [ $code = 0 ] || cat "$log" >&2
    rm -f "$log"
    return $code
}

# Meets the needs listed in required_needs and optional_needs.
check_prerequisites() {
    local need missing=() kinds=()
    check_dotnet
    for need in "${required_needs[@]}"; do
        met "${need%%|*}" || { missing+=("$need"); kinds+=(required); }
    done
    for need in "${optional_needs[@]}"; do
        met "${need%%|*}" || { missing+=("$need"); kinds+=(optional); }
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "updating apt's package lists"
        quietly apt-get update -q || say "warning: apt-get update failed; going on with the lists at hand"
    fi
    local packages=() package
    for need in "${missing[@]}"; do
        IFS='|' read -r _ package _ <<<"$need"
        packages+=("$(package_name "$package")")
    done

    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing ${packages[*]} with apt-get, because this machine lacks them"
        DEBIAN_FRONTEND=noninteractive quietly apt-get install -y -q --no-install-recommends "${packages[@]}" || say "warning: apt-get install failed"
        hash -r
    fi

    local i unmet=() install=()
    for i in "${!missing[@]}"; do
        IFS='|' read -r test _ why <<<"${missing[$i]}"
        met "$test" && continue
        install+=("${packages[$i]}")
        if [ "${kinds[$i]}" = required ]; then
            unmet+=("${test#* } ($why)")
        else
            say "warning: ${test#* } is missing ($why): going on without it. To have it: apt-get install ${packages[$i]}"
        fi
    done
    if [ ${#unmet[@]} -gt 0 ]; then
        say "missing: ${unmet[*]}"
        stop "run this as root and try again: apt-get update && apt-get install -y --no-install-recommends ${install[*]}"
    fi
}

# Where the apphost finds its runtime, also when dotnet stands in an unusual folder.
find_dotnet_root() {
    [ -n "${DOTNET_ROOT:-}" ] || DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}
