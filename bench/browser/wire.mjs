// A relay that counts what crosses it: compression is the browser's and the server's own, so these are the bytes on the wire.
import { connect, createServer } from "node:net";

export function startWire(port, serverPort) {
  let received = 0;
  const sockets = new Set();
  const server = createServer(client => {
    const upstream = connect(serverPort, "127.0.0.1");
    upstream.on("data", chunk => { received += chunk.length; });
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    client.pipe(upstream).pipe(client);
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => { sockets.delete(socket); other.destroy(); });
    }
  });
  return new Promise(resolve => server.listen(port, "127.0.0.1", () => resolve({
    address: `http://127.0.0.1:${port}`,
    /** Bytes that have gone to browsers so far. */
    received: () => received,
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise(r => server.close(r));
    },
  })));
}
