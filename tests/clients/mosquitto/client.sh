#!/bin/bash
# Mosquitto's commands against a broker; tests/clients/README.md says how a client program is called and what it prints.
set -u

url=$1 version=$2 tag=$3 mode=${4:-features}
patience=20

address=${url#*://}
address=${address%%/*}
connection=(-h "${address%:*}" -p "${address##*:}" -V "$([ "$version" = 5 ] && echo mqttv5 || echo mqttv311)")
case $url in
mqtts://*) connection+=(--cafile "$CLIENT_CA") ;;
esac

if [ "$mode" = await-shutdown ]; then
    printf 'server disconnect\tnot supported\tthe commands connect again by themselves\n'
    exit 0
fi

work=$(mktemp -d)
trap 'leave; rm -rf "$work"' EXIT
subscribers=()

# Ends what a feature left running.
leave() {
    for pid in ${subscribers[@]+"${subscribers[@]}"}; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    subscribers=()
}

# fail TEXT: ends the feature, which runs in a shell of its own.
fail() {
    leave
    printf '%s' "$*" | tr '\n\t' '  ' >&3
    exit 1
}

# start OUTPUT ARGUMENTS: starts mosquitto_sub as $pid. Messages are lines that begin with "> ".
start() {
    local output=$work/$1
    shift
    : >"$output" # Before the command starts: an earlier feature's lines must not be taken for its own.
    stdbuf -oL mosquitto_sub "${connection[@]}" -d -F '> %t %p' "$@" >>"$output" 2>&1 &
    pid=$!
    subscribers+=("$pid")
}

# subscribe OUTPUT ARGUMENTS: the same, and waits until it is subscribed.
subscribe() {
    local output=$work/$1
    start "$@"
    await "$output" '^Subscribed (mid: [0-9]*): '
}

# await FILE PATTERN: waits until the file, which $pid writes, has such a line.
await() {
    local deadline=$((SECONDS + patience))
    until grep -q -- "$2" "$1"; do
        kill -0 "$pid" 2>/dev/null || grep -q -- "$2" "$1" || fail "ended without $2: $(tail -c 300 "$1")"
        [ $SECONDS -lt $deadline ] || fail "no line $2 in: $(tail -c 300 "$1")"
        sleep 0.02 # A file tells nobody that it grew.
    done
}

# expect OUTPUT LINES: waits for the end of that subscriber and compares what it got.
expect() {
    local got deadline=$((SECONDS + patience))
    while kill -0 "$pid" 2>/dev/null; do
        [ $SECONDS -lt $deadline ] || fail "did not end: $(tail -c 300 "$work/$1")"
        sleep 0.02
    done
    got=$(sed -n 's/^> //p' "$work/$1")
    [ "$got" = "$2" ] || fail "got '$got' instead of '$2'"
}

publish() {
    timeout $patience mosquitto_pub "${connection[@]}" "$@" >"$work/publish" 2>&1 || fail "mosquitto_pub: $(cat "$work/publish")"
}

# keep ID ARGUMENTS: makes a subscription that stays, of a client that goes.
keep() {
    local id=$1 expiry=()
    shift
    [ "$version" = 5 ] && expiry=(-x 600)
    timeout $patience mosquitto_sub "${connection[@]}" -c -i "$tag-$id" ${expiry[@]+"${expiry[@]}"} -E "$@" >/dev/null 2>&1 ||
        fail "mosquitto_sub -E did not succeed"
}

# resume OUTPUT ID ARGUMENTS: the same client comes back. What waited may come before its SUBACK.
resume() {
    local output=$1 id=$2 expiry=()
    shift 2
    [ "$version" = 5 ] && expiry=(-x 600)
    start "$output" -c -i "$tag-$id" ${expiry[@]+"${expiry[@]}"} "$@"
}

# forget ID: ends the session.
forget() {
    publish -i "$tag-$1" -t "$tag/forget" -n
}

connect() {
    publish -t "$1" -m x
}

quality() {
    subscribe out -q 2 -t "$1" -C 1 -F '> %q %p'
    publish -q "$2" -t "$1" -m x
    expect out "$2 x"
}

qos0() { quality "$1" 0; }
qos1() { quality "$1" 1; }
qos2() { quality "$1" 2; }

retained() {
    publish -q 1 -t "$1" -m kept -r
    subscribe first -q 1 -t "$1" -C 1 -F '> %r %p'
    expect first '1 kept'
    publish -q 1 -t "$1" -n -r
    subscribe second -q 1 -t "$1" -C 1 -F '> %r %p'
    publish -q 1 -t "$1" -m live
    expect second '0 live'
}

will() {
    subscribe mortal -t "$1/unused" --will-topic "$1" --will-payload gone --will-qos 1
    local mortal=$pid
    subscribe watcher -q 1 -t "$1" -C 1
    kill -9 "$mortal"
    wait "$mortal" 2>/dev/null
    expect watcher "$1 gone"
}

numbers() {
    local i
    for ((i = 0; i < $2; i++)); do echo "$1 $i"; done
}

persistent() {
    keep sleeper -q 1 -t "$1"
    seq 0 9 | publish -q 1 -t "$1" -l
    resume out sleeper -q 1 -t "$1" -C 10
    expect out "$(numbers "$1" 10)"
    forget sleeper
}

shared() {
    subscribe member0 -q 1 -t "\$share/group/$1"
    subscribe member1 -q 1 -t "\$share/group/$1"
    seq 0 9 | publish -q 1 -t "$1" -l
    local got deadline=$((SECONDS + patience))
    until got=$(sed -n 's/^> //p' "$work"/member* | sort) && [ "$(wc -l <<<"$got")" -ge 10 ]; do
        [ $SECONDS -lt $deadline ] || fail "got $got"
        sleep 0.02
    done
    [ "$got" = "$(numbers "$1" 10)" ] || fail "got $got"
}

wildcard() {
    subscribe out -q 1 -t "$1/+/c/#" -C 3
    for topic in a/c a/c/d/e a/d z/c/end; do publish -q 1 -t "$1/$topic" -m x; done
    expect out "$1/a/c x
$1/a/c/d/e x
$1/z/c/end x"
}

large() {
    seq 0 200000 | head -c 524288 >"$work/large"
    subscribe out -q 1 -t "$1" -C 1 -F '> %l %p'
    publish -q 1 -t "$1" -f "$work/large"
    expect out "524288 $(sed -n 1p "$work/large")"
    # The payload has lines: what follows the first must come back as it went.
    sed '1,/^> /d' "$work/out" | head -c "$(sed 1d "$work/large" | wc -c)" | cmp -s - <(sed 1d "$work/large") || fail "another payload"
}

unsubscribe() {
    keep leaver -q 1 -t "$1/left" -t "$1/kept"
    resume unused leaver -q 1 -U "$1/left" -t "$1/kept"
    await "$work/unused" 'received UNSUBACK'
    leave
    publish -q 1 -t "$1/left" -m x
    publish -q 1 -t "$1/kept" -m y
    resume out leaver -q 1 -t "$1/kept" -C 1
    expect out "$1/kept y"
    forget leaver
}

user_properties() {
    subscribe out -q 1 -t "$1" -C 1 -F '> %P'
    publish -q 1 -t "$1" -m x -D publish user-property b 1 -D publish user-property a 2 -D publish user-property b 3
    expect out 'b:1 a:2 b:3'
}

message_expiry() {
    keep sleeper -q 1 -t "$1"
    publish -q 1 -t "$1" -m short -D publish message-expiry-interval 1
    publish -q 1 -t "$1" -m long -D publish message-expiry-interval 100
    sleep 2 # What is waited for is time itself.
    resume out sleeper -q 1 -t "$1" -C 1 -F '> %p %E'
    await "$work/out" '^> '
    grep -q '^> long [1-9][0-9]\{0,1\}$' "$work/out" || fail "$(grep '^> ' "$work/out")"
    forget sleeper
}

request_response() {
    subscribe asked -q 1 -t "$1/request" -C 1 -F '> %R %D %p'
    local responder=$pid
    mosquitto_rr "${connection[@]}" -q 1 -t "$1/request" -e "$1/answer" -m question -W $patience \
        -D publish correlation-data token7 -F '> %p %D' >"$work/answered" 2>&1 &
    local requester=$!
    subscribers+=("$requester")
    pid=$responder
    expect asked "$1/answer token7 question"
    publish -q 1 -t "$1/answer" -m answer -D publish correlation-data token7
    pid=$requester
    expect answered 'answer token7'
}

topic_alias() {
    subscribe out -q 1 -t "$1" -C 2
    printf 'named\naliased\n' | publish -q 1 -t "$1" -l -D publish topic-alias 3
    expect out "$1 named
$1 aliased"
}

subscription_identifier() {
    subscribe out -q 1 -t "$1" -C 1 -D subscribe subscription-identifier 268435455 -F '> %S'
    publish -q 1 -t "$1" -m x
    expect out 268435455
}

reason_codes() {
    subscribe out -q 2 -t "$1"
    grep -q '^Subscribed (mid: [0-9]*): 2$' "$work/out" || fail "$(grep Subscribed "$work/out")"
    publish -d -q 1 -t "$1/nobody" -m x
    grep -q 'received PUBACK (Mid: 1, RC:\(0\|16\))' "$work/publish" || fail "$(cat "$work/publish")"
}

receive_maximum() {
    keep sleeper -q 2 -t "$1"
    seq 0 19 | publish -q 2 -t "$1" -l
    resume out sleeper -q 2 -t "$1" -C 20 -D connect receive-maximum 2
    expect out "$(numbers "$1" 20)"
    forget sleeper
}

report() {
    local base
    base=$tag/$(tr ' /' '--' <<<"$1")
    if ("$2" "$base" && leave) 3>"$work/failure"; then
        printf '%s\tok\t\n' "$1"
    else
        printf '%s\tfailed\t%s\n' "$1" "$(cat "$work/failure")"
    fi
}

report 'connect' connect
report 'QoS 0' qos0
report 'QoS 1' qos1
report 'QoS 2' qos2
report 'retained' retained
report 'will' will
report 'persistent session' persistent
report 'shared subscription' shared
report 'wildcard' wildcard
report 'large payload' large
report 'unsubscribe' unsubscribe
printf 'takeover\tnot supported\tthe commands connect again by themselves\n'
if [ "$version" = 5 ]; then
    report 'user properties' user_properties
    report 'message expiry' message_expiry
    report 'request/response' request_response
    report 'topic alias' topic_alias
    report 'subscription identifier' subscription_identifier
    report 'reason codes' reason_codes
    report 'receive maximum' receive_maximum
fi
