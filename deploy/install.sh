#!/bin/sh
# Installs what this project needs into .venv, and from the system's packages what a virtual environment cannot hold.
#   deploy/install.sh demo    what `lianxin demo` needs
#   deploy/install.sh test    the same, and what the tests need: a compiler for Isso, Chromium, Chinese
#                             fonts, Elasticsearch with its JDK and Maven
# Safe to repeat: what is there already is left alone. Says what it installs.
set -eu
cd "$(dirname "$0")/.."
want=${1:-demo}
python=${PYTHON:-python3}

say() { printf '%s\n' "── $*"; }
fail() { printf '%s\n' "错误：$*" >&2; exit 2; }

system() {  # install Debian or Ubuntu packages
    command -v apt-get >/dev/null 2>&1 || fail "这台机器没有 apt-get，请自行安装：$*（见 README）。"
    root=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || fail "需要 root 或 sudo 来安装：$*。"
        root=sudo
    fi
    say "系统软件包：$*"
    {
        $root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null &&
            $root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
    } || fail "系统软件包没有装上：$*。原因见上面几行；多半是连不上网络，请检查后再运行一次。"
}

command -v "$python" >/dev/null 2>&1 || fail "没有 $python，请先安装 Python 3.11 或更新的版本。"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 太旧（$("$python" -V)），需要 3.11 或更新。"

has_jdk() { "$python" -c 'from tests.servers.elasticsearch.jdk import java_home; java_home()' 2>/dev/null; }

case $want in
    demo) lock=requirements.txt ;;
    test) lock=requirements-dev.txt ;;
    *) fail "用法：deploy/install.sh demo 或 test" ;;
esac

# Whatever the system must give is asked for at once.
missing=""
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
if [ "$want" = test ]; then
    command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
    header=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
    [ -f "$header" ] || missing="$missing python3-dev"
    fc-list :lang=zh-cn 2>/dev/null | grep -q . || missing="$missing fontconfig fonts-noto-cjk"
    # Ubuntu's package of this name is only a pointer to a snap; there Playwright brings the browser, below.
    if ! command -v chromium >/dev/null 2>&1 && [ -z "${LIANXIN_BROWSER:-}" ] && grep -qx 'ID=debian' /etc/os-release; then
        missing="$missing chromium"
    fi
    if [ -z "${LIANXIN_TEST_ELASTICSEARCH:-}" ]; then  # else the tests use that one
        has_jdk || missing="$missing default-jdk-headless"
        command -v mvn >/dev/null 2>&1 || missing="$missing maven"
        find /usr/lib /usr/lib64 /lib -name libzstd.so.1 2>/dev/null | grep -q . || missing="$missing libzstd1"
    fi
fi
# shellcheck disable=SC2086
[ -z "$missing" ] || system $missing

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "虚拟环境：.venv（$("$python" -V)）"
    "$python" -m venv --clear .venv
fi

mark=.venv/installed-$want
now=$(cat "$lock" pyproject.toml deploy/install.sh | cksum)
if [ "$(cat "$mark" 2>/dev/null || true)" != "$now" ]; then
    say "Python 软件包：按 $lock（版本和校验值都已锁定）"
    {
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-install.txt &&
            .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock" &&
            .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
    } || fail "Python 软件包没有装上，原因见上面几行；多半是连不上网络，请检查后再运行一次。"
    printf '%s' "$now" > "$mark"
fi

if [ "$want" = test ] && ! command -v chromium >/dev/null 2>&1 && [ -z "${LIANXIN_BROWSER:-}" ] && [ ! -f .venv/browser ]; then
    say "浏览器：Playwright 自带的 Chromium"
    .venv/bin/playwright install --with-deps chromium || fail "浏览器没有装上，请自行安装 Chromium，或用 LIANXIN_BROWSER 指明它在哪里。"
    : > .venv/browser
fi
if [ "$want" = test ] && [ -z "${LIANXIN_TEST_ELASTICSEARCH:-}" ]; then
    has_jdk || fail "这个系统自带的 JDK 太旧，Elasticsearch 需要 21 或更新：请把 Temurin JDK 21 或更新的版本装到 /usr/lib/jvm，再运行一次。"
    .venv/bin/python -m tests.servers.elasticsearch prefetch >/dev/null ||
        fail "测试用的 Elasticsearch 没有备好，原因见上面几行；多半是连不上网络，请检查后再运行一次。"
fi
say "已就绪。"
