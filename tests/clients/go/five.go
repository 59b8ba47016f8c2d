package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"

	"github.com/eclipse/paho.golang/paho"
)

// five is paho.golang.
type five struct{ *paho.Client }

func dial() (net.Conn, error) {
	if broker.Scheme != "mqtts" {
		return net.DialTimeout("tcp", broker.Host, patience)
	}
	authorities, err := os.ReadFile(os.Getenv("CLIENT_CA"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authorities) {
		return nil, fmt.Errorf("no certificate in %s", os.Getenv("CLIENT_CA"))
	}
	return tls.Dial("tcp", broker.Host, &tls.Config{RootCAs: pool, ServerName: broker.Hostname()})
}

func open5(c *client, id string, o options) error {
	socket, err := dial()
	if err != nil {
		return err
	}
	opened := paho.NewClient(paho.ClientConfig{
		ClientID:      id,
		Conn:          socket,
		PacketTimeout: patience,
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			c.messages <- received(p.Packet)
			return true, nil
		}},
		OnServerDisconnect: func(d *paho.Disconnect) { c.lost <- d.ReasonCode },
	})
	c.connection = five{opened}
	connect := &paho.Connect{ClientID: id, CleanStart: !o.keep, KeepAlive: 60, Properties: &paho.ConnectProperties{}}
	if o.keep {
		expiry := uint32(600)
		connect.Properties.SessionExpiryInterval = &expiry
	}
	if o.receiveMaximum > 0 {
		connect.Properties.ReceiveMaximum = &o.receiveMaximum
	}
	if o.will != nil {
		connect.WillMessage = &paho.WillMessage{Topic: o.will.topic, Payload: []byte(o.will.payload), QoS: 1}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := opened.Connect(ctx, connect)
	if err != nil {
		return err
	}
	c.present = answer.SessionPresent
	return nil
}

func received(p *paho.Publish) message {
	m := message{topic: p.Topic, payload: p.Payload, qos: p.QoS, retain: p.Retain}
	m.extra.responseTopic, m.extra.correlation = p.Properties.ResponseTopic, p.Properties.CorrelationData
	if p.Properties.MessageExpiry != nil {
		m.extra.expiry = *p.Properties.MessageExpiry
	}
	if p.Properties.SubscriptionIdentifier != nil {
		m.extra.subscription = *p.Properties.SubscriptionIdentifier
	}
	for _, pair := range p.Properties.User {
		m.extra.user = append(m.extra.user, [2]string{pair.Key, pair.Value})
	}
	return m
}

func (f five) subscribe(filter string, qos byte, identifier int) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request := &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: filter, QoS: qos}}}
	if identifier > 0 {
		request.Properties = &paho.SubscribeProperties{SubscriptionIdentifier: &identifier}
	}
	answer, err := f.Subscribe(ctx, request)
	if err == nil && answer.Reasons[0] != qos {
		err = fmt.Errorf("granted 0x%02X", answer.Reasons[0])
	}
	return err
}

func (f five) unsubscribe(filter string) (byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := f.Unsubscribe(ctx, &paho.Unsubscribe{Topics: []string{filter}})
	if err != nil {
		return 0, err
	}
	return answer.Reasons[0], nil
}

func (f five) publish(m message) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	properties := &paho.PublishProperties{ResponseTopic: m.extra.responseTopic, CorrelationData: m.extra.correlation}
	if m.extra.expiry > 0 {
		properties.MessageExpiry = &m.extra.expiry
	}
	if m.extra.alias > 0 {
		properties.TopicAlias = &m.extra.alias
	}
	for _, pair := range m.extra.user {
		properties.User.Add(pair[0], pair[1])
	}
	_, err := f.Publish(ctx, &paho.Publish{
		Topic: m.topic, QoS: m.qos, Retain: m.retain, Payload: m.payload, Properties: properties,
	})
	return err
}

func (f five) disconnect() {
	// A connection that is gone already cannot be left politely, which no feature minds.
	_ = f.Disconnect(&paho.Disconnect{})
}
