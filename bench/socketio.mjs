// A server on Socket.IO as one writes it: each POST's body is emitted to everybody.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const server = createServer()
const io = new Server(server, { transports: ['websocket'] })
server.on('request', (request, response) => {
  if (request.method !== 'POST' || request.url !== '/publish') return
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    response.writeHead(200, { 'Content-Length': 0 }).end()
    io.emit('stock_updated', JSON.parse(Buffer.concat(parts).toString()))
  })
})
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 })
