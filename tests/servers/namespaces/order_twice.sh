# Usage: unshare -n sh order_twice.sh ORDER SERVER FOLDER
#
# A client, a router and a server in network namespaces of their own, so that no packet leaves the machine. The client
# connects, waits, writes the order and reads. Meanwhile the way back is cut, so that the acknowledgement is lost, and then
# the router answers "host unreachable": the client's read fails with EHOSTUNREACH, though the server has the order.
# The outputs are in FOLDER/order and FOLDER/server.
set -eu
ORDER=$1 SERVER=$2 FOLDER=$3

ip link set lo up
# Gives up sending again after about 3 s.
echo 3 >/proc/sys/net/ipv4/tcp_retries2
unshare -n sleep 60 & R=$!
unshare -n sleep 60 & P=$!
trap 'kill $R $P ${S:-} 2>/dev/null || true' EXIT
sleep 0.3

ip link add c type veth peer name rc
ip link set rc netns $R
ip addr add 10.1.0.1/24 dev c
ip link set c up
nsenter -t $R -n sh -ec "
  ip link set lo up; ip addr add 10.1.0.254/24 dev rc; ip link set rc up
  ip link add rp type veth peer name pp; ip link set pp netns $P
  ip addr add 10.2.0.254/24 dev rp; ip link set rp up
  echo 1 >/proc/sys/net/ipv4/ip_forward"
nsenter -t $P -n sh -ec "
  ip link set lo up; ip addr add 10.2.0.2/24 dev pp; ip link set pp up
  ip route add default via 10.2.0.254"
ip route add default via 10.1.0.254

nsenter -t $P -n "$SERVER" >"$FOLDER/server" 2>&1 & S=$!
sleep 0.7
"$ORDER" >"$FOLDER/order" 2>&1 & O=$!
sleep 0.3
# The packets of the server are lost.
nsenter -t $P -n ip route replace unreachable 10.1.0.1/32
sleep 0.5
# The router has no way to the server.
nsenter -t $R -n ip route replace unreachable 10.2.0.2/32
sleep 4
# The network works again: an order that is sent again arrives.
nsenter -t $P -n ip route del unreachable 10.1.0.1/32
nsenter -t $R -n ip route del unreachable 10.2.0.2/32
wait $O
