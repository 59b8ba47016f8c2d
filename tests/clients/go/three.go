package main

import (
	"errors"
	"fmt"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// three is paho.mqtt.golang.
type three struct{ mqtt.Client }

func open3(c *client, id string, o options) error {
	configuration := mqtt.NewClientOptions().
		AddBroker(broker.String()).
		SetClientID(id).
		SetProtocolVersion(4).
		SetCleanSession(!o.keep).
		SetAutoReconnect(false).
		SetConnectTimeout(patience).
		SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
			c.messages <- message{topic: m.Topic(), payload: m.Payload(), qos: m.Qos(), retain: m.Retained()}
		}).
		SetConnectionLostHandler(func(mqtt.Client, error) { c.lost <- 0 })
	if o.will != nil {
		configuration.SetWill(o.will.topic, o.will.payload, 1, false)
	}
	opened := mqtt.NewClient(configuration)
	c.connection = three{opened}
	token := opened.Connect()
	if err := wait(token); err != nil {
		return err
	}
	c.present = token.(*mqtt.ConnectToken).SessionPresent()
	return nil
}

func wait(token mqtt.Token) error {
	if !token.WaitTimeout(patience) {
		return errors.New("not answered in time")
	}
	return token.Error()
}

func (t three) subscribe(filter string, qos byte, _ int) error {
	token := t.Subscribe(filter, qos, nil)
	if err := wait(token); err != nil {
		return err
	}
	// Keyed by the filter, but by what follows the group where the subscription is shared; there is only one.
	for _, granted := range token.(*mqtt.SubscribeToken).Result() {
		if granted != qos {
			return fmt.Errorf("granted 0x%02X", granted)
		}
	}
	return nil
}

func (t three) unsubscribe(filter string) (byte, error) { return 0, wait(t.Unsubscribe(filter)) }

func (t three) publish(m message) error { return wait(t.Publish(m.topic, m.qos, m.retain, m.payload)) }

func (t three) disconnect() { t.Disconnect(250) }
