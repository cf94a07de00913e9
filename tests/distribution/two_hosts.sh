#!/usr/bin/env bash
# two_hosts.sh MPI_DRILL CORNU: two processes that see each other over TCP alone, as two machines do: each in a network
# namespace with a host name of its own, between them a cable (veth). Exit status 77: skipped, with the reason.
set -euo pipefail
drill=$(realpath "$1") cornu=$(realpath "$2")
skip() {
  echo "two_hosts.sh: skipped: $*" >&2
  exit 77
}
[ "$(id -u)" = 0 ] || skip "network namespaces take root"
for program in ip unshare mpirun; do command -v "$program" >/dev/null || skip "no $program here"; done

left=cornu-left-$$ right=cornu-right-$$ net=10.231.7
work=$(mktemp -d)
cleanup() {
  ip netns del "$left" 2>/dev/null || true
  ip netns del "$right" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
ip netns add "$left" 2>/dev/null || skip "this kernel makes no network namespaces"
ip netns add "$right"
ip link add eth0 netns "$left" type veth peer name eth0 netns "$right" 2>/dev/null || skip "this kernel makes no veth"
address=1
for space in "$left" "$right"; do
  ip -n "$space" addr add "$net.$address/24" dev eth0
  ip -n "$space" link set eth0 up
  ip -n "$space" link set lo up
  address=2
done

# What mpirun starts on a machine is started in its namespace.
cat >"$work/agent" <<TEXT
#!/bin/sh
case \$1 in $net.1) space=$left ;; *) space=$right ;; esac
shift
exec ip netns exec \$space unshare --uts sh -c "hostname \$space; \$*"
TEXT
# The drill's launcher: mpirun on the left machine, one process on each.
cat >"$work/mpirun" <<TEXT
#!/bin/sh
exec ip netns exec $left unshare --uts sh -c 'hostname $left; exec "\$@"' sh \
  mpirun --mca plm_rsh_agent $work/agent --host $net.1:1,$net.2:1 --mca btl tcp,self \
  --mca btl_tcp_if_include $net.0/24 --mca oob_tcp_if_include $net.0/24 --bind-to none "\$@"
TEXT
chmod +x "$work/agent" "$work/mpirun"
hosts=$(OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "$work/mpirun" -np 2 hostname | sort | tr '\n' ' ')
[ "$hosts" = "$left $right " ] || {
  echo "two_hosts.sh: the processes ran on: $hosts" >&2
  exit 1
}
"$drill" "$cornu" "$work/mpirun" equal-2
