// Command client runs paho.mqtt.golang (3.1.1) or paho.golang (5) against a broker. tests/clients/README.md says how a
// client program is called and what it prints.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const patience = 20 * time.Second

var (
	broker  *url.URL
	version string
	tag     string
)

// message is what a subscriber gets; extra is the zero value in 3.1.1.
type message struct {
	topic   string
	payload []byte
	qos     byte
	retain  bool
	extra   extra
}

// extra holds the properties of a publish of MQTT 5.
type extra struct {
	user          [][2]string
	expiry        uint32
	responseTopic string
	correlation   []byte
	alias         uint16
	subscription  int
}

type will struct {
	topic   string
	payload string
}

type options struct {
	keep           bool // keeps the session
	will           *will
	receiveMaximum uint16
	messages       chan message
}

// connection is what both libraries are reduced to. Every call waits for the server's answer.
type connection interface {
	subscribe(filter string, qos byte, identifier int) error
	unsubscribe(filter string) (reason byte, err error)
	publish(m message) error
	disconnect()
}

// client is a connection whose messages wait in a channel; lost gets the reason code of the server, or 0.
type client struct {
	connection
	present  bool
	messages chan message
	lost     chan byte
}

// failure ends a feature; report catches it.
type failure struct{ text string }

func fail(format string, arguments ...any) { panic(failure{fmt.Sprintf(format, arguments...)}) }

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func open(name string, o options) *client {
	messages := o.messages
	if messages == nil {
		messages = make(chan message, 1000)
	}
	c := &client{messages: messages, lost: make(chan byte, 10)}
	var err error
	if version == "5" {
		err = open5(c, tag+"-"+name, o)
	} else {
		err = open3(c, tag+"-"+name, o)
	}
	must(err)
	return c
}

func (c *client) sub(filter string, qos byte) *client {
	must(c.subscribe(filter, qos, 0))
	return c
}

func (c *client) pub(topic, payload string) {
	must(c.publish(message{topic: topic, payload: []byte(payload), qos: 1}))
}

func (c *client) take() message {
	select {
	case m := <-c.messages:
		return m
	case <-time.After(patience):
		fail("no message came in time")
		panic("unreachable")
	}
}

func (c *client) expect(topic, payload string) message {
	m := c.take()
	if m.topic != topic || !bytes.Equal(m.payload, []byte(payload)) {
		fail("got %s %.80q instead of %s %.80q", m.topic, m.payload, topic, payload)
	}
	return m
}

func (c *client) expectLost(patience time.Duration, reason byte) {
	select {
	case got := <-c.lost:
		if version == "5" && got != reason {
			fail("reason 0x%02X instead of 0x%02X", got, reason)
		}
	case <-time.After(patience):
		fail("was not disconnected")
	}
}

func closeAll(clients ...*client) {
	for _, c := range clients {
		c.disconnect()
	}
}

func check(holds bool, what string) {
	if !holds {
		fail("not so: %s", what)
	}
}

func quality(qos byte) func(string) {
	return func(base string) {
		c := open("qos", options{}).sub(base, 2)
		must(c.publish(message{topic: base, payload: []byte("x"), qos: qos}))
		check(c.expect(base, "x").qos == qos, "same QoS")
		closeAll(c)
	}
}

func retained(base string) {
	publisher := open("publisher", options{})
	must(publisher.publish(message{topic: base, payload: []byte("kept"), qos: 1, retain: true}))
	first := open("first", options{}).sub(base, 1)
	check(first.expect(base, "kept").retain, "retain flag set")
	must(publisher.publish(message{topic: base, qos: 1, retain: true}))
	second := open("second", options{}).sub(base, 1)
	publisher.pub(base, "live")
	check(!second.expect(base, "live").retain, "retain flag clear")
	closeAll(publisher, first, second)
}

func willOfKilled(base string) {
	watcher := open("watcher", options{}).sub(base, 1)
	mortal := exec.Command(os.Args[0], os.Args[1], os.Args[2], os.Args[3], "mortal", base)
	output, err := mortal.StdoutPipe()
	must(err)
	must(mortal.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	must(err)
	check(line == "ready\n", "ready")
	must(mortal.Process.Kill())
	_ = mortal.Wait() // Its status is that it was killed.
	watcher.expect(base, "gone")
	closeAll(watcher)
}

func persistentSession(base string) {
	first := open("sleeper", options{keep: true})
	check(!first.present, "no session yet")
	closeAll(first.sub(base, 1))
	publisher := open("publisher", options{})
	for i := range 10 {
		publisher.pub(base, fmt.Sprint(i))
	}
	second := open("sleeper", options{keep: true})
	check(second.present, "session present")
	for i := range 10 {
		second.expect(base, fmt.Sprint(i))
	}
	closeAll(second, publisher, open("sleeper", options{}))
}

func sharedSubscription(base string) {
	messages := make(chan message, 100)
	var members []*client
	for i := range 2 {
		members = append(members, open(fmt.Sprint("member", i), options{messages: messages}).sub("$share/group/"+base, 1))
	}
	publisher := open("publisher", options{})
	for i := range 10 {
		publisher.pub(base, fmt.Sprint(i))
	}
	var got []string
	for range 10 {
		got = append(got, string(members[0].take().payload))
	}
	slices.Sort(got)
	check(strings.Join(got, "") == "0123456789", fmt.Sprint("each message once: ", got))
	closeAll(append(members, publisher)...)
}

func wildcard(base string) {
	c := open("wildcard", options{}).sub(base+"/+/c/#", 1)
	for _, topic := range []string{"a/c", "a/c/d/e", "a/d", "z/c/end"} {
		c.pub(base+"/"+topic, topic)
	}
	for _, topic := range []string{"a/c", "a/c/d/e", "z/c/end"} {
		c.expect(base+"/"+topic, topic)
	}
	closeAll(c)
}

func largePayload(base string) {
	payload := make([]byte, 512*1024)
	for i := range payload {
		payload[i] = byte(i % 251)
	}
	c := open("large", options{}).sub(base, 1)
	c.pub(base, string(payload))
	c.expect(base, string(payload))
	closeAll(c)
}

func unsubscribe(base string) {
	c := open("unsubscribe", options{}).sub(base+"/left", 1).sub(base+"/kept", 1)
	_, err := c.unsubscribe(base + "/left")
	must(err)
	c.pub(base+"/left", "x")
	c.pub(base+"/kept", "y")
	c.expect(base+"/kept", "y")
	closeAll(c)
}

func takeover(base string) {
	first := open("same", options{})
	second := open("same", options{}).sub(base, 1)
	first.expectLost(patience, 0x8E)
	second.pub(base, "mine")
	second.expect(base, "mine")
	closeAll(second)
}

func userProperties(base string) {
	pairs := [][2]string{{"b", "1"}, {"a", "2"}, {"b", "3"}}
	c := open("user", options{}).sub(base, 1)
	must(c.publish(message{topic: base, qos: 1, payload: []byte("x"), extra: extra{user: pairs}}))
	got := c.expect(base, "x").extra.user
	check(slices.Equal(got, pairs), fmt.Sprint("same pairs in order: ", got))
	closeAll(c)
}

func messageExpiry(base string) {
	closeAll(open("sleeper", options{keep: true}).sub(base, 1))
	publisher := open("publisher", options{})
	must(publisher.publish(message{topic: base, qos: 1, payload: []byte("short"), extra: extra{expiry: 1}}))
	must(publisher.publish(message{topic: base, qos: 1, payload: []byte("long"), extra: extra{expiry: 100}}))
	time.Sleep(2 * time.Second) // What is waited for is time itself.
	sleeper := open("sleeper", options{keep: true})
	left := sleeper.expect(base, "long").extra.expiry
	check(left >= 1 && left <= 99, fmt.Sprint("expiry counted down: ", left))
	closeAll(sleeper, publisher, open("sleeper", options{}))
}

func requestResponse(base string) {
	responder := open("responder", options{}).sub(base+"/request", 1)
	requester := open("requester", options{}).sub(base+"/answer", 1)
	must(requester.publish(message{topic: base + "/request", qos: 1, payload: []byte("question"),
		extra: extra{responseTopic: base + "/answer", correlation: []byte{0, 255, 7}}}))
	asked := responder.expect(base+"/request", "question").extra
	must(responder.publish(message{topic: asked.responseTopic, qos: 1, payload: []byte("answer"),
		extra: extra{correlation: asked.correlation}}))
	got := requester.expect(base+"/answer", "answer").extra.correlation
	check(bytes.Equal(got, []byte{0, 255, 7}), "same correlation data")
	closeAll(responder, requester)
}

func topicAlias(base string) {
	c := open("alias", options{}).sub(base, 1)
	must(c.publish(message{topic: base, qos: 1, payload: []byte("named"), extra: extra{alias: 3}}))
	must(c.publish(message{topic: "", qos: 1, payload: []byte("aliased"), extra: extra{alias: 3}}))
	c.expect(base, "named")
	c.expect(base, "aliased")
	closeAll(c)
}

func subscriptionIdentifier(base string) {
	c := open("identifier", options{})
	must(c.subscribe(base, 1, 268435455))
	c.pub(base, "x")
	got := c.expect(base, "x").extra.subscription
	check(got == 268435455, fmt.Sprint("same identifier: ", got))
	closeAll(c)
}

func reasonCodes(base string) {
	c := open("reasons", options{})
	absent, err := c.unsubscribe(base)
	must(err)
	check(absent == 0x11, "no subscription existed")
	c.sub(base, 1)
	present, err := c.unsubscribe(base)
	must(err)
	check(present == 0x00, "success")
	closeAll(c)
}

func receiveMaximum(base string) {
	closeAll(open("sleeper", options{keep: true}).sub(base, 2))
	publisher := open("publisher", options{})
	for i := range 20 {
		must(publisher.publish(message{topic: base, qos: 2, payload: fmt.Append(nil, i)}))
	}
	sleeper := open("sleeper", options{keep: true, receiveMaximum: 2})
	for i := range 20 {
		sleeper.expect(base, fmt.Sprint(i))
	}
	closeAll(sleeper, publisher, open("sleeper", options{}))
}

type feature struct {
	name string
	run  func(base string)
}

var features = []feature{
	{"connect", func(string) {
		c := open("connect", options{})
		check(!c.present, "no session")
		closeAll(c)
	}},
	{"QoS 0", quality(0)}, {"QoS 1", quality(1)}, {"QoS 2", quality(2)},
	{"retained", retained}, {"will", willOfKilled}, {"persistent session", persistentSession},
	{"shared subscription", sharedSubscription}, {"wildcard", wildcard}, {"large payload", largePayload},
	{"unsubscribe", unsubscribe}, {"takeover", takeover},
}

var featuresOf5 = []feature{
	{"user properties", userProperties}, {"message expiry", messageExpiry},
	{"request/response", requestResponse}, {"topic alias", topicAlias},
	{"subscription identifier", subscriptionIdentifier}, {"reason codes", reasonCodes},
	{"receive maximum", receiveMaximum},
}

func report(name string, run func()) {
	defer func() {
		switch e := recover().(type) {
		case nil:
			fmt.Printf("%s\tok\t\n", name)
		case failure:
			fmt.Printf("%s\tfailed\t%s\n", name, strings.ReplaceAll(e.text, "\n", " "))
		default:
			panic(e)
		}
	}()
	run()
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: client URL VERSION TAG [await-shutdown]")
		os.Exit(2)
	}
	parsed, err := url.Parse(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	broker, version, tag = parsed, os.Args[2], os.Args[3]
	mode := append(os.Args[4:], "features")[0]
	switch mode {
	case "mortal":
		open("mortal", options{will: &will{os.Args[5], "gone"}})
		fmt.Println("ready")
		select {}
	case "await-shutdown":
		report("server disconnect", func() {
			c := open("waiting", options{})
			fmt.Println("ready")
			c.expectLost(4*patience, 0x8B)
		})
	default:
		all := features
		if version == "5" {
			all = append(all, featuresOf5...)
		}
		for _, f := range all {
			report(f.name, func() { f.run(tag + "/" + strings.NewReplacer(" ", "-", "/", "-").Replace(f.name)) })
		}
	}
}
