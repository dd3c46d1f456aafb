// A network between client and server: cuts connections, holds bytes back, and lets later connections overtake earlier ones.
import net from 'node:net';

/// Chance that can be repeated (mulberry32).
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Proxy {
  isBad = true;
  cuts = 0;

  static async to(port, random) {
    const proxy = new Proxy();
    proxy.random = random;
    proxy.server = net.createServer((client) => proxy.join(client, port));
    await new Promise((done) => proxy.server.listen(0, '127.0.0.1', done));
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  join(client, port) {
    client.on('error', () => {});
    // One connection in three begins late: one that was dialled after it gets through before it.
    const late = this.isBad && this.random() < 0.3 ? this.random() * 40 : 0;
    // A good part is cut somewhere in the middle: of a frame, a head, a line.
    const cutAfter = this.isBad && this.random() < 0.7 ? this.random() * 6000 : Infinity;
    setTimeout(() => {
      const server = net.connect(port, '127.0.0.1');
      const end = () => (client.destroy(), server.destroy());
      server.on('error', end).on('close', end);
      client.on('close', end);
      this.carry(client, server, Infinity);
      this.carry(server, client, cutAfter, () => (this.cuts++, end()));
    }, late);
  }

  carry(from, to, cutAfter, cut) {
    let carried = 0;
    from.on('data', (bytes) => {
      const part = bytes.subarray(0, cutAfter - carried);
      carried += bytes.length;
      const pass = () => {
        to.write(part);
        from.resume();
        if (carried >= cutAfter) cut();
      };
      if (!this.isBad || this.random() < 0.6) return pass();
      from.pause();
      setTimeout(pass, this.random() * 15);
    });
    from.on('end', () => to.end());
  }

  stop() {
    this.server.close();
  }
}
