// MQTT.js in headless Chromium, over a (secure) WebSocket: client.mjs URL VERSION TAG. The page is a page of a server on
// loopback, as a user's would be; the browser takes any certificate, because its own store cannot be given another.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const [url, version, tag] = process.argv.slice(2)
const library = readFileSync(fileURLToPath(new URL('node_modules/mqtt/dist/mqtt.min.js', import.meta.url)))
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

const page = `<!doctype html><meta charset="utf-8"><title>MQTT</title><script src="/mqtt.js"></script>`
const server = createServer((request, response) => {
  const script = request.url === '/mqtt.js'
  response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' })
  response.end(script ? library : page)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
let result
const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  ignoreHTTPSErrors: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
try {
  const tab = await browser.newPage()
  await tab.goto(`http://127.0.0.1:${server.address().port}/`)
  const seen = await tab.evaluate(async ({ url, version, tag }) => {
    const client = mqtt.connect(url, { protocolVersion: version, clientId: `${tag}-page`, reconnectPeriod: 0 })
    await new Promise((resolve, reject) => { client.on('connect', resolve); client.on('error', reject); client.on('close', () => reject(new Error('closed'))) })
    const message = new Promise(resolve => client.on('message', (topic, payload) => resolve(`${topic} ${payload}`)))
    await client.subscribeAsync(`${tag}/page`, { qos: 1 })
    await client.publishAsync(`${tag}/page`, 'from a page', { qos: 1 })
    const text = await Promise.race([message, new Promise((_, reject) => setTimeout(() => reject(new Error('no message came in time')), 20_000))])
    await client.endAsync()
    return text
  }, { url, version: Number(version), tag })
  result = seen === `${tag}/page from a page` ? 'ok\t' : `failed\tgot ${seen}`
} catch (e) {
  result = `failed\t${String(e).replaceAll(/\s+/g, ' ').slice(0, 500)}`
} finally {
  await browser.close()
  server.close()
  rmSync(profile, { recursive: true, force: true })
}
console.log(`page\t${result}`)
process.exit(0)
