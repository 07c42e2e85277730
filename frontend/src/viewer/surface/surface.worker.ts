/** Meshes vertebrae beside the page. */
import { type FromMesher, Mesher, type ToMesher } from './mesher'

const tell = (message: FromMesher) =>
  self.postMessage(message, { transfer: message.kind === 'mesh' ? [message.mesh.vertices.buffer, message.mesh.triangles.buffer] : [] })

const mesher = new Mesher(tell, () => new Promise((next) => setTimeout(next)))
self.addEventListener('message', (event: MessageEvent<ToMesher>) => mesher.take(event.data))
