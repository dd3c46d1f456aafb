// A server on `ws` as one writes it: each POST's body goes to every WebSocket.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    response.writeHead(200, { 'Content-Length': 0 }).end()
    const body = Buffer.concat(parts)
    for (const client of sockets.clients) client.send(body, { binary: false })
  })
})
const sockets = new WebSocketServer({ server })
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 })
