// MQTT.js against a broker; tests/clients/README.md says how a client program is called and what it prints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { strict as assert } from 'node:assert'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'

const PATIENCE = 20_000
const [url, versionText, tag, mode = 'features', argument] = process.argv.slice(2)
const version = Number(versionText)

/** What arrives before somebody waits for it, and the other way round. */
class Inbox {
  #items = []
  #waiting = []

  put(item) {
    const next = this.#waiting.shift()
    if (next) next(item)
    else this.#items.push(item)
  }

  take(patience = PATIENCE) {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift())
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came in time')), patience)
      this.#waiting.push(item => { clearTimeout(timer); resolve(item) })
    })
  }
}

class Client {
  messages = new Inbox()
  disconnects = new Inbox()

  static async open(name, { clean = true, will, properties = {} } = {}) {
    const client = new Client()
    const options = {
      clientId: `${tag}-${name}`,
      protocolVersion: version,
      clean,
      will,
      reconnectPeriod: 0,
      connectTimeout: PATIENCE,
      ca: process.env.CLIENT_CA ? readFileSync(process.env.CLIENT_CA) : undefined,
    }
    if (version === 5) options.properties = { sessionExpiryInterval: clean ? 0 : 600, ...properties }
    client.mqtt = mqtt.connect(url, options)
    client.mqtt.on('message', (topic, payload, packet) => client.messages.put({ topic, payload, packet }))
    client.mqtt.on('disconnect', packet => client.disconnects.put(packet.reasonCode))
    client.mqtt.on('close', () => client.disconnects.put('closed'))
    const [connack] = await once(client.mqtt, 'connect')
    client.mqtt.on('error', e => client.disconnects.put(e.message))
    client.sessionPresent = connack.sessionPresent
    return client
  }

  async subscribe(topic, qos, properties) {
    const granted = await this.mqtt.subscribeAsync(topic, { qos, properties })
    assert.equal(granted[0].qos, qos)
    return this
  }

  publish(topic, payload, options = {}) {
    return this.mqtt.publishAsync(topic, payload, { qos: 1, ...options })
  }

  async expect(topic, payload) {
    const message = await this.messages.take()
    assert.equal(message.topic, topic)
    assert.ok(message.payload.equals(Buffer.from(payload)), `payload ${message.payload.subarray(0, 80)}`)
    return message.packet
  }

  close() {
    return this.mqtt.endAsync()
  }
}

const closeAll = (...clients) => Promise.all(clients.map(client => client.close()))
const numbers = count => Array.from({ length: count }, (_, i) => String(i))

const quality = qos => async base => {
  const client = await (await Client.open('qos')).subscribe(base, 2)
  await client.publish(base, `qos ${qos}`, { qos })
  assert.equal((await client.expect(base, `qos ${qos}`)).qos, qos)
  await client.close()
}

const features = {
  async 'connect'() {
    const client = await Client.open('connect')
    assert.equal(client.sessionPresent, false)
    await client.close()
  },
  'QoS 0': quality(0),
  'QoS 1': quality(1),
  'QoS 2': quality(2),
  async 'retained'(base) {
    const publisher = await Client.open('publisher')
    await publisher.publish(base, 'kept', { retain: true })
    const first = await (await Client.open('first')).subscribe(base, 1)
    assert.equal((await first.expect(base, 'kept')).retain, true)
    await publisher.publish(base, '', { retain: true })
    const second = await (await Client.open('second')).subscribe(base, 1)
    await publisher.publish(base, 'live')
    assert.equal((await second.expect(base, 'live')).retain, false)
    await closeAll(publisher, first, second)
  },
  async 'will'(base) {
    const watcher = await (await Client.open('watcher')).subscribe(base, 1)
    const mortal = spawn(process.execPath, [fileURLToPath(import.meta.url), url, versionText, tag, 'mortal', base],
      { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await once(mortal.stdout, 'data')
    assert.equal(said.toString(), 'ready\n')
    mortal.kill('SIGKILL')
    await watcher.expect(base, 'gone')
    await watcher.close()
  },
  async 'persistent session'(base) {
    const first = await Client.open('sleeper', { clean: false })
    assert.equal(first.sessionPresent, false)
    await first.subscribe(base, 1)
    await first.close()
    const publisher = await Client.open('publisher')
    for (const number of numbers(10)) await publisher.publish(base, number)
    const second = await Client.open('sleeper', { clean: false })
    assert.equal(second.sessionPresent, true)
    for (const number of numbers(10)) await second.expect(base, number)
    await closeAll(second, publisher)
    await (await Client.open('sleeper')).close()
  },
  async 'shared subscription'(base) {
    const inbox = new Inbox()
    const members = []
    for (const name of ['member0', 'member1']) {
      const member = await Client.open(name)
      member.messages = inbox
      members.push(await member.subscribe(`$share/group/${base}`, 1))
    }
    const publisher = await Client.open('publisher')
    for (const number of numbers(10)) await publisher.publish(base, number)
    const received = []
    while (received.length < 10) received.push((await inbox.take()).payload.toString())
    assert.deepEqual(received.sort(), numbers(10))
    await closeAll(publisher, ...members)
  },
  async 'wildcard'(base) {
    const client = await (await Client.open('wildcard')).subscribe(`${base}/+/c/#`, 1)
    for (const topic of ['a/c', 'a/c/d/e', 'a/d', 'z/c/end']) await client.publish(`${base}/${topic}`, topic)
    for (const topic of ['a/c', 'a/c/d/e', 'z/c/end']) await client.expect(`${base}/${topic}`, topic)
    await client.close()
  },
  async 'large payload'(base) {
    const payload = Buffer.from(Array.from({ length: 512 * 1024 }, (_, i) => i % 251))
    const client = await (await Client.open('large')).subscribe(base, 1)
    await client.publish(base, payload)
    await client.expect(base, payload)
    await client.close()
  },
  async 'unsubscribe'(base) {
    const client = await Client.open('unsubscribe')
    await client.subscribe(`${base}/left`, 1)
    await client.subscribe(`${base}/kept`, 1)
    await client.mqtt.unsubscribeAsync(`${base}/left`)
    await client.publish(`${base}/left`, 'x')
    await client.publish(`${base}/kept`, 'y')
    await client.expect(`${base}/kept`, 'y')
    await client.close()
  },
  async 'takeover'(base) {
    const first = await Client.open('same')
    const second = await (await Client.open('same')).subscribe(base, 1)
    const reason = await first.disconnects.take()
    if (version === 5) assert.equal(reason, 0x8e)
    await second.publish(base, 'mine')
    await second.expect(base, 'mine')
    await second.close()
  },
}

const featuresOf5 = {
  async 'user properties'(base) {
    // MQTT.js keeps them as an object: the order among equal names is what it can show.
    const client = await (await Client.open('user')).subscribe(base, 1)
    await client.publish(base, 'x', { properties: { userProperties: { b: ['1', '3'], a: '2' } } })
    const { properties } = await client.expect(base, 'x')
    assert.deepEqual(Object.entries(properties.userProperties), [['b', ['1', '3']], ['a', '2']])
    await client.close()
  },
  async 'message expiry'(base) {
    const first = await (await Client.open('sleeper', { clean: false })).subscribe(base, 1)
    await first.close()
    const publisher = await Client.open('publisher')
    await publisher.publish(base, 'short', { properties: { messageExpiryInterval: 1 } })
    await publisher.publish(base, 'long', { properties: { messageExpiryInterval: 100 } })
    await delay(2000) // What is waited for is time itself.
    const second = await Client.open('sleeper', { clean: false })
    const { messageExpiryInterval } = (await second.expect(base, 'long')).properties
    assert.ok(messageExpiryInterval >= 1 && messageExpiryInterval <= 99, `${messageExpiryInterval}`)
    await closeAll(second, publisher)
    await (await Client.open('sleeper')).close()
  },
  async 'request/response'(base) {
    const correlationData = Buffer.from([0, 255, 7])
    const responder = await (await Client.open('responder')).subscribe(`${base}/request`, 1)
    const requester = await (await Client.open('requester')).subscribe(`${base}/answer`, 1)
    await requester.publish(`${base}/request`, 'question',
      { properties: { responseTopic: `${base}/answer`, correlationData } })
    const asked = (await responder.expect(`${base}/request`, 'question')).properties
    await responder.publish(asked.responseTopic, 'answer', { properties: { correlationData: asked.correlationData } })
    const answer = (await requester.expect(`${base}/answer`, 'answer')).properties
    assert.ok(answer.correlationData.equals(correlationData))
    await closeAll(responder, requester)
  },
  async 'topic alias'(base) {
    const client = await (await Client.open('alias')).subscribe(base, 1)
    await client.publish(base, 'named', { properties: { topicAlias: 3 } })
    await client.publish('', 'aliased', { properties: { topicAlias: 3 } })
    await client.expect(base, 'named')
    await client.expect(base, 'aliased')
    await client.close()
  },
  async 'subscription identifier'(base) {
    const client = await Client.open('identifier')
    await client.subscribe(base, 1, { subscriptionIdentifier: 268435455 })
    await client.publish(base, 'x')
    assert.equal((await client.expect(base, 'x')).properties.subscriptionIdentifier, 268435455)
    await client.close()
  },
  async 'reason codes'(base) {
    const client = await Client.open('reasons')
    const absent = await client.mqtt.unsubscribeAsync(base)
    assert.deepEqual(absent.granted, [0x11])
    await client.subscribe(base, 1)
    const present = await client.mqtt.unsubscribeAsync(base)
    assert.deepEqual(present.granted, [0x00])
    await client.close()
  },
  async 'receive maximum'(base) {
    const first = await (await Client.open('sleeper', { clean: false })).subscribe(base, 2)
    await first.close()
    const publisher = await Client.open('publisher')
    for (const number of numbers(20)) await publisher.publish(base, number, { qos: 2 })
    const second = await Client.open('sleeper', { clean: false, properties: { receiveMaximum: 2 } })
    for (const number of numbers(20)) await second.expect(base, number)
    await closeAll(second, publisher)
    await (await Client.open('sleeper')).close()
  },
}

async function report(feature, run) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not answered in time')), 4 * PATIENCE)
  })
  try {
    await Promise.race([run(), late])
    console.log(`${feature}\tok\t`)
  } catch (e) {
    console.log(`${feature}\tfailed\t${String(e).replaceAll('\n', ' ')}`)
  } finally {
    clearTimeout(timer)
  }
}

if (mode === 'mortal') {
  await Client.open('mortal', { will: { topic: argument, payload: Buffer.from('gone'), qos: 1, retain: false } })
  console.log('ready')
} else if (mode === 'await-shutdown') {
  await report('server disconnect', async () => {
    const client = await Client.open('waiting')
    console.log('ready')
    const reason = await client.disconnects.take(4 * PATIENCE)
    if (version === 5) assert.equal(reason, 0x8b)
  })
  process.exit(0)
} else {
  for (const [name, run] of Object.entries(version === 5 ? { ...features, ...featuresOf5 } : features)) {
    await report(name, () => run(`${tag}/${name.replaceAll(' ', '-').replaceAll('/', '-')}`))
  }
  process.exit(0)
}
